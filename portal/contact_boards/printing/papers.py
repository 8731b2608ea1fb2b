"""What stands on the paper: contexts for the templates, of what strangers may read and nothing else (TA10)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from portal.contact_boards.labels import ASK_DUTY
from portal.contact_boards.portraits import pictures
from portal.contact_boards.printing import labels
from portal.contact_boards.printing.queries import (
    Place,
    PrintRow,
    School,
    Step,
    in_order,
    places_of,
    school_of,
    steps_to,
)
from portal.contact_boards.printing.rules import CARDS_PER_SHEET, Kind
from portal.contact_boards.queries.boards import board_on, open_board
from portal.contact_boards.queries.consents import Somebody, people_for_strangers
from portal.contact_boards.queries.page import BoardFacts, board_facts, school_facts
from portal.contact_boards.views.board import WhoLine, board_page
from portal.core.files import FileStore
from portal.core.refusals import NotFound
from portal.grids.queries import ids_in
from portal.rendering.i18n import translator
from portal.rendering.pdf.codes import Code, code_of
from portal.responsibilities.queries import PostName, names_for
from portal.responsibilities.rules import Answer, responsible_for


@dataclass(frozen=True, slots=True)
class Plate:
    """A plate or card: the place, its code, whom to call, and the code that the page repeats (H7)."""

    school: str
    name: str
    where: str
    code: Code
    short: str
    check_code: str
    duty_phone: str
    who: str
    phone: str
    portrait: str = ""
    """The digest of a small picture; on cards only."""

    @property
    def size(self) -> str:
        """How large the name may stand: long names wrap to two lines, very long ones get smaller."""
        return "huge" if len(self.name) <= 16 else "large" if len(self.name) <= 22 else "plain"


@dataclass(frozen=True, slots=True)
class Paper:
    """One job's pieces: a template, and a context for each piece. `counts` is how many things a piece holds."""

    template: str
    contexts: list[Mapping[str, Any]]
    pieces: int
    per_piece: int = 1


class _OnPaper:
    """Paper has no links and sends nothing."""

    can_send = False

    def board(self, key: str, language: str) -> str:
        return ""

    def file(self, name: str) -> str:
        return ""

    def portraits(self, key: str) -> str:
        return ""


async def paper_of(job: PrintRow, *, base_url: str, at: datetime, store: FileStore) -> Paper:
    """The pieces of a job, as things stand at this instant. Paper fetches nothing: its pictures stand in the text."""
    if job.kind == Kind.POSTER:
        return await _poster(job, base_url, at, store)
    plates = await plates_of(job, base_url=base_url, at=at)
    if job.kind == Kind.PLATES:
        return Paper("pdf/plate.html", [{"plate": plate} for plate in plates], len(plates))
    sheets = [plates[start : start + CARDS_PER_SHEET] for start in range(0, len(plates), CARDS_PER_SHEET)]
    faces = await pictures([plate.portrait for plate in plates], store)
    contexts: list[Mapping[str, Any]] = [{"cards": sheet, "faces": faces} for sheet in sheets]
    return Paper("pdf/cards.html", contexts, len(plates), CARDS_PER_SHEET)


async def plates_of(job: PrintRow, *, base_url: str, at: datetime) -> list[Plate]:
    """A plate for every place of the job's grid. A fixed number of statements, however many there are."""
    places = await places_of(job)
    if not places:
        raise NotFound()
    school, steps = await school_of(job.org_id), await steps_to([place.path for place in places])
    facts = (await school_facts(job.org_id, at=at)).facts
    answers = {place.id: responsible_for(facts, place.id, at=at) for place in places}
    posts = (await names_for(posts={answer.post_id for answer in answers.values()})).posts
    held = {answer.accountable.person_id for answer in answers.values() if answer.accountable}
    people: dict[int, Somebody] = {}
    for some in _parts(sorted(held)):
        people |= await people_for_strangers(some)
    return [
        _plate(place, job, school, steps, _who(answers[place.id], posts, people, job.language), base_url)
        for place in in_order(places, steps)
    ]


def _parts(ids: list[int]) -> Iterator[list[int]]:
    yield from (ids[start : start + 500] for start in range(0, len(ids), 500))


def _plate(
    place: Place, job: PrintRow, school: School, steps: dict[int, Step], who: tuple[str, str, str], base_url: str
) -> Plate:
    address = f"{base_url}/b/{place.key}"
    way = [steps[one].name for one in ids_in(place.path) if one in steps and one != place.id]
    inside = way[len(ids_in(steps_path(place.path, job.org_id))) :]
    return Plate(
        school=school.name, name=place.name, where=" ".join(inside), code=code_of(address), short=short(address),
        check_code=place.check_code, duty_phone=school.duty_phone, who=who[0], phone=who[1],
        portrait=who[2],
    )  # fmt: skip


def steps_path(path: str, org_id: int) -> str:
    """The part of a path from the root to the school."""
    head, found, _ = path.partition(f"/{org_id}/")
    return f"{head}/{org_id}/" if found else "/"


def short(address: str) -> str:
    """An address as one would say it: without the scheme."""
    parts = urlsplit(address)
    return f"{parts.netloc}{parts.path}"


def _who(
    answer: Answer, posts: dict[int, PostName], people: dict[int, Somebody], language: str
) -> tuple[str, str, str]:
    """Post and name with consent, the number as far as it may be shown, the portrait; pupils never (TA10)."""
    say, post = translator(language), posts.get(answer.post_id or 0)
    somebody = people.get(answer.accountable.person_id) if answer.accountable else None
    shown = somebody.public(post.title if post else "") if somebody else None
    if shown is None:
        return say(labels.NOBODY), "", ""
    phone = shown.number or shown.phone
    who = f"{shown.title} {shown.name}".strip() if shown.name or phone or shown.portrait else ""
    return who, phone, shown.portrait


async def _poster(job: PrintRow, base_url: str, at: datetime, store: FileStore) -> Paper:
    """The public page of the grid as it is now, large; whole numbers only with consent."""
    kept = await board_on(job.grid_id)
    board = await open_board(kept.key) if kept else None
    if board is None:
        raise NotFound()
    facts = await board_facts(board, await school_facts(job.org_id, at=at), at=at)
    page = board_page(facts, _OnPaper(), job.language)
    address = f"{base_url}/b/{board.key}"
    context = {
        "page": page, "own": _numbered(facts, page.own), "places": _numbered(facts, page.places),
        "code": code_of(address), "short": short(address), "at": at, "ask": translator(job.language)(ASK_DUTY),
        "large": await _large(facts, page.own, store), "faces": await pictures(page.faces.values(), store),
        "where": " ".join(name for name, _ in page.crumbs[:-1] if name != board.org_name),
    }  # fmt: skip
    return Paper("pdf/poster.html", [context], 1)


async def _large(facts: BoardFacts, lines: tuple[WhoLine, ...], store: FileStore) -> dict[str, str]:
    """The pictures of those who answer for the grid itself, larger than the others, by their small digest."""
    shown = {line.portrait for line in lines}
    large = {one.small_digest: one.digest for one in facts.people.values() if one.small_digest in shown}
    found = await pictures(large.values(), store)
    return {small: found[digest] for small, digest in large.items() if digest in found}


def _numbered(facts: BoardFacts, lines: tuple[WhoLine, ...]) -> tuple[WhoLine, ...]:
    """Whole numbers in place of masked ones where somebody has agreed: paper has no button to ask by."""
    return tuple(replace(line, phone=_number(facts, line.person_id) or line.phone) for line in lines)


def _number(facts: BoardFacts, person_id: int | None) -> str:
    somebody = facts.people.get(person_id or 0)
    shown = somebody.public("") if somebody else None
    return shown.number if shown else ""
