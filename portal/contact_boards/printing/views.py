"""What the pages of printing show."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from portal.contact_boards.printing import labels
from portal.contact_boards.printing.queries import Choice, PrintRow
from portal.contact_boards.printing.rules import State
from portal.rendering.i18n import translator

LOCAL = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class JobView:
    """A job in the reader's language."""

    job: PrintRow
    kind: str
    paper: str
    state: str
    failure: str = ""

    @property
    def goes_on(self) -> bool:
        """Whether the page has something to wait for."""
        return self.job.state in (State.WAITING, State.RUNNING)

    @property
    def file(self) -> str:
        """Where its PDF is; empty while there is none."""
        return f"/prints/{self.job.id}/file.pdf" if self.job.state == State.DONE else ""

    @property
    def may_retry(self) -> bool:
        """Whether it can be made again from here."""
        return self.job.state in (State.FAILED, State.GONE)


@dataclass(frozen=True, slots=True)
class PrintsView:
    """The form, and what was printed before."""

    jobs: tuple[JobView, ...]
    places: tuple[tuple[int, str], ...]
    kinds: tuple[tuple[str, str, str], ...]
    grid: str = ""
    kind: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    is_local: bool = False
    """The portal's address is this machine's own: nobody else can open what a code says."""


def job_view(job: PrintRow, language: str, failure: str = "") -> JobView:
    """A job for its page or its line."""
    say = translator(language)
    kind, paper = say(labels.KINDS[job.kind]), say(labels.PAPERS[job.kind])
    return JobView(job, kind, paper, say(labels.STATES[job.state]), failure)


def places_view(choices: list[Choice]) -> tuple[tuple[int, str], ...]:
    """The grids to choose from: a floor bears its building's name, and with several schools all bear their school's."""
    many = len({choice.org_id for choice in choices}) > 1
    return tuple((choice.id, "\u00b7".join(_way(choice, many=many))) for choice in choices)


def _way(choice: Choice, *, many: bool) -> list[str]:
    above = [choice.parent] if choice.depth > 1 and choice.parent else []
    return [*([choice.school] if many and choice.depth else []), *above, choice.name]


def kinds_view(language: str) -> tuple[tuple[str, str, str], ...]:
    """What can be printed, with its paper."""
    say = translator(language)
    return tuple((kind, say(text), say(labels.PAPERS[kind])) for kind, text in labels.KINDS.items())


def is_local(base_url: str) -> bool:
    """Whether the address in the codes leads only to this machine."""
    return urlsplit(base_url).hostname in LOCAL
