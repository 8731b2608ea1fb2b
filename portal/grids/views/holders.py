"""Who holds the posts of a grid, as far as the reader may be shown people."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.core.actors import Actor
from portal.core.crypto import unseal
from portal.grids import labels
from portal.grids.queries import CardRow, HolderRow
from portal.permissions.rules import Permission, Scope, scope
from portal.rendering.i18n import translator


@dataclass(frozen=True, slots=True)
class HolderView:
    """Somebody on a post. `phone` is for a `tel:` link and empty where the reader may not call."""

    name: str
    held_as: str
    is_primary: bool
    is_pupil: bool
    person_href: str
    phone: str


@dataclass(frozen=True, slots=True)
class PostView:
    """A post with its holders; without any it is vacant, and said so."""

    id: int
    title: str
    is_accountable: bool
    href: str
    holders: tuple[HolderView, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """What the person in front of the page may be shown about people."""

    actor: Actor
    people: Scope
    language: str

    @classmethod
    def of(cls, actor: Actor, language: str) -> "Reader":
        """The reader that an actor is."""
        return cls(actor, scope(actor, Permission.PERSON_VIEW), language)

    def may_open(self, card: CardRow) -> bool:
        """Whether pages of this school's people open."""
        return self.people.holds(card.path, card.org_id)

    def is_colleague(self, card: CardRow) -> bool:
        """Staff of the same school: they may call each other, and know the pupils by name."""
        return self.actor.org_id == card.org_id


def posts_of(card: CardRow, rows: Iterable[HolderRow], reader: Reader, *, may_edit: bool) -> tuple[PostView, ...]:
    """The posts of a grid with their holders, in the order of the rows. One holder of a post is the primary."""
    posts: dict[int, list[HolderRow]] = {}
    for row in rows:
        if row.grid_id == card.id:
            posts.setdefault(row.post_id, []).append(row)
    return tuple(
        PostView(
            id=held[0].post_id, title=held[0].title, is_accountable=bool(held[0].is_accountable),
            href=f"/posts/{held[0].post_id}" if may_edit else "",
            holders=tuple(
                _holder(row, card, reader, is_primary=number == 0 and bool(row.is_primary))
                for number, row in enumerate(held) if row.person_id is not None
            ),
        )
        for held in posts.values()
    )  # fmt: skip


def _holder(row: HolderRow, card: CardRow, reader: Reader, *, is_primary: bool) -> HolderView:
    say, is_pupil = translator(reader.language), row.person_kind == "pupil"
    knows = not is_pupil or reader.is_colleague(card)
    may_call = not is_pupil and (reader.is_colleague(card) or reader.may_open(card))
    as_text = (
        labels.PRIMARY
        if is_primary and row.held_as == "holder"
        else labels.SHARED
        if row.held_as == "holder"
        else labels.HELD_AS[row.held_as or "holder"]
    )
    return HolderView(
        name=(row.name or "") if knows else say(labels.PUPIL),
        held_as="" if is_pupil else say(as_text),
        is_primary=is_primary, is_pupil=is_pupil,
        person_href=f"/people/{row.person_id}" if knows and reader.may_open(card) else "",
        phone=(unseal(row.phone_sealed) or "") if row.phone_sealed and may_call else "",
    )  # fmt: skip
