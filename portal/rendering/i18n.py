"""Languages: Chinese is the source, every other language is a catalogue beside it.

A message is marked with `N_` where it is written (`labels.py`) and translated where it is shown. Its named
parameters are written `{name}`; `%(name)s` means the same, because Babel makes that of `{% trans %}`.
"""

import gettext
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

SOURCE = "zh-Hans"
LANGUAGES = (SOURCE, "en")
# Each language by its own name, written with escapes because a name is not translated.
NAMES = {SOURCE: "\u4e2d\u6587", "en": "English"}
DOMAIN = "anwang"
LOCALES = Path(__file__).parent / "locale"

Translate = Callable[..., str]

_HOLE = re.compile(r"\{(\w+)\}|%\((\w+)\)s")


def N_(message: str) -> str:  # noqa: N802 - the name that gettext tools know
    """Mark a message for the catalogues and give it back unchanged; whoever shows it translates it."""
    return message


def known(language: str | None) -> str:
    """The language the portal speaks for a tag such as `en-GB` or `zh`; the source for anything else."""
    primary = (language or "").partition("-")[0].lower()
    return next((offered for offered in LANGUAGES if offered.partition("-")[0] == primary), SOURCE)


def preferred(accept_language: str) -> str:
    """The language of an `Accept-Language` header, by its weights; the source where it names none of ours."""
    wishes = sorted(_wishes(accept_language), key=lambda wish: -wish[1])
    primaries = {offered.partition("-")[0] for offered in LANGUAGES}
    return next((known(tag) for tag, _ in wishes if tag.partition("-")[0] in primaries), SOURCE)


def _wishes(accept_language: str) -> list[tuple[str, float]]:
    wishes = []
    for part in accept_language[:200].lower().split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            wishes.append((tag, float(weight or 1)))
        except ValueError:
            continue  # a header from a stranger: a bad weight is no wish
    return [wish for wish in wishes if wish[1] > 0]


def fill(message: str, params: dict[str, Any]) -> str:
    """Put the parameters into their holes. A hole without a parameter is a `KeyError`: silence would hide it.

    With a `Markup` among the parameters the answer is markup too, and everything else in it is escaped.
    """
    if any(hasattr(value, "__html__") for value in params.values()):
        holes = {name: str(escape(value)) for name, value in params.items()}
        text = _HOLE.sub(lambda hole: holes[hole[1] or hole[2]], str(escape(message)))
        return Markup(text)  # noqa: S704 - every part of it has just been escaped
    return _HOLE.sub(lambda hole: str(params[hole[1] or hole[2]]), message)


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The catalogue of a language, read once; the source language needs none."""
    if language == SOURCE:
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, LOCALES, languages=[language], fallback=True)


@cache
def translator(language: str) -> Translate:
    """A function `translate(message, **params)` for this language.

    Without parameters the message is left as it is, so that a text may speak of `{braces}`.
    """
    lookup = catalogue(language).gettext

    def translate(message: str, /, **params: Any) -> str:
        found = lookup(message) if message else message  # the empty message is a catalogue's own header
        return fill(found, params) if params else found

    return translate
