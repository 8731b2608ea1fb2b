"""Plain sentences for whoever stands at the terminal: Chinese first, English below it."""

import sys
from typing import Any

from portal.serving.labels import WORDS


def sentence(code: str, /, **facts: Any) -> str:
    """Both lines of a message; `facts` fill the names in braces."""
    return "\n".join(text.format(**facts) for text in WORDS[code])


def say(code: str, /, **facts: Any) -> None:
    """Prints a message at once, so that it stands in order with what the parts print."""
    print(sentence(code, **facts), flush=True)


class Trouble(Exception):
    """What the person at the terminal must know and do: a code of `WORDS`, its facts, and the exit status.

    Status 2 means "a setting or the surroundings are wrong"; 1 means "it was tried and failed".
    """

    def __init__(self, code: str, /, *, status: int = 2, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.facts = facts

    def __str__(self) -> str:
        return sentence(self.code, **self.facts)


def fail(trouble: Trouble) -> int:
    """Tells the trouble on the error stream; returns the exit status."""
    print(trouble, file=sys.stderr, flush=True)
    return trouble.status
