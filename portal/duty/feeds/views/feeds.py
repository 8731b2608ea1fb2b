"""The page of calendar addresses: one's own, those of areas and of the school, and a secret just made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.duty.feeds import labels
from portal.duty.feeds.queries import FeedLine
from portal.duty.feeds.rules import FeedKind, is_unused
from portal.duty.feeds.services import MadeFeed
from portal.duty.views.words import Words
from portal.rendering.pdf.codes import code_of


@dataclass(frozen=True, slots=True)
class FeedCard:
    """Whose duty, and its address if it has one (`id` 0: none)."""

    title: str
    kind: str
    area_id: int | None
    id: int = 0
    made_at: datetime | None = None
    read_at: datetime | None = None
    maker: str = ""
    maker_left: bool = False
    is_unused: bool = False


@dataclass(frozen=True, slots=True)
class SecretView:
    """An address just made. It is shown here and never again."""

    title: str
    address: str
    webcal: str
    size: int
    path: str


@dataclass(frozen=True, slots=True)
class FeedsView:
    """The page."""

    school: str
    mine: FeedCard
    others: tuple[FeedCard, ...] = ()
    secret: SecretView | None = None
    error: str = ""
    may_enter_leave: bool = False


def feed_cards(lines: Sequence[FeedLine], words: Words, school: str, *, at: datetime) -> list[FeedCard]:
    """One's own first, then the school's and those of its areas in their order."""
    by_subject = {(line.kind, line.area_id): line for line in lines}
    areas = sorted((area for area in words.plan.areas.values() if not area.is_ended), key=lambda area: area.sort)
    subjects = [(FeedKind.PERSON, None), (FeedKind.SCHOOL, None), *((FeedKind.AREA, area.id) for area in areas)]
    return [_card(kind, area, by_subject.get((str(kind), area)), words, school, at) for kind, area in subjects]


def _card(
    kind: FeedKind, area_id: int | None, line: FeedLine | None, words: Words, school: str, at: datetime
) -> FeedCard:
    title = title_of(kind, area_id, words, school)
    if line is None:
        return FeedCard(title, str(kind), area_id)
    left = line.maker_left_at is not None and line.maker_left_at <= at
    unused = is_unused(line.made_at, line.read_at, at=at)
    return FeedCard(title, str(kind), area_id, line.id, line.made_at, line.read_at, line.maker or "", left, unused)


def title_of(kind: FeedKind, area_id: int | None, words: Words, school: str) -> str:
    """What a feed is called."""
    return words.say(labels.NAMES[kind], area=words.area(area_id), school=school)


def secret_view(made: MadeFeed, words: Words, school: str, base_url: str) -> SecretView:
    """The address, and a code for a phone's camera: of `webcal`, for a file that is opened once stays as it was."""
    address = f"{base_url}/feeds/{made.token}.ics"
    webcal = f"webcal://{address.partition('://')[2]}"
    code = code_of(webcal)
    return SecretView(title_of(made.kind, made.area_id, words, school), address, webcal, code.size, code.path)
