"""What a matrix is made of: the posts and places of a school, what is in force, and what all of it is called."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from portal.grids.queries import ids_in
from portal.rendering.i18n import Translate
from portal.responsibilities import labels
from portal.responsibilities.queries.answers import duty_of_category
from portal.responsibilities.queries.matrix import Stand, Word, Words
from portal.responsibilities.rules import WHOLE, Duty, Facts, Ruling
from portal.responsibilities.rules.mapping import Charge, charge_of

BODY_KINDS = frozenset({"leading_group", "office", "department"})
"""Bodies without a place: their posts are columns everywhere in the school."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of hazards as a category of its own."""

    code: str
    parent: str | None
    domain: str
    default_owner: str


@dataclass(frozen=True, slots=True)
class Thing:
    """A row's head: what somebody answers for."""

    body: str
    """whole, items, groups or domains."""
    code: str
    text: str
    number: str
    domain: str
    duty: Duty


@dataclass(frozen=True)
class Ground:
    """Everything that was read for one matrix, with the ways through it."""

    grid: Stand
    stands: list[Stand]
    facts: Facts
    words: Words
    at: datetime
    language: str

    @cached_property
    def posts(self) -> dict[int, Stand]:
        """Posts that stand at the instant, by id."""
        return {
            one.post_id: one
            for one in self.stands
            if one.post_id is not None and (one.post_ended_at is None or one.post_ended_at > self.at)
        }

    @cached_property
    def grids(self) -> dict[int, Stand]:
        """Grids by id."""
        return {one.grid_id: one for one in self.stands}

    @cached_property
    def line(self) -> list[int]:
        """The ids of the grid and of those above it, the highest first."""
        return ids_in(self.grid.path)

    @cached_property
    def rulings(self) -> dict[int, Ruling]:
        """Rows of the matrix by id."""
        return {row.id: row for rows in self.facts.rulings_on.values() for row in rows}

    @cached_property
    def names(self) -> dict[str, str]:
        """What the code of a domain, a group or a duty is called."""
        words = [*self.words.domains, *self.words.groups, *(one for rows in self.words.items.values() for one in rows)]
        return {one.code: named(one, self.language) for one in words}

    def charge(self, post: Stand) -> Charge:
        """The two sides of a post."""
        return charge_of(
            self.words.mappings, title=post.title, kind=post.kind, name=post.grid, own_line=post.line_of_work,
            copies=self.words.copies,
        )  # fmt: skip

    def standing_on(self, grid_id: int) -> list[Stand]:
        """The posts of one grid, in their order."""
        return [one for one in self.posts.values() if one.grid_id == grid_id]

    def items_of(self, post: Stand) -> list[Word]:
        """The duties of a post's list."""
        return self.words.items.get(self.charge(post).list_id or 0, [])

    def things(self, say: Translate) -> Iterator[Thing]:
        """The rows of this grid: the grid as a whole, duties, groups of hazards, domains."""
        yield Thing("whole", "", say(labels.WHOLE), "", "", WHOLE)
        for item in self._items():
            yield Thing("items", item.code, named(item, self.language), item.more, item.domain, duty_of_item(item))
        for group in self.words.groups:
            duty = duty_of_category(Group(group.code, None, group.domain, group.level))
            yield Thing("groups", group.code, named(group, self.language), "", group.domain, duty)
        for domain in self.words.domains:
            yield Thing("domains", domain.code, named(domain, self.language), "", domain.code, Duty((domain.code,)))

    def _items(self) -> Iterable[Word]:
        """Duties of the posts on this grid, and those that a row here or above has given to somebody."""
        found = {item.code: item for post in self.standing_on(self.grid.grid_id) for item in self.items_of(post)}
        ruled = {
            row.duty
            for grid_id in self.line
            for row in self.facts.rulings_on.get(grid_id, ())
            if row.is_in_force(self.at)
        }
        own_first = sorted(self.words.items.items(), key=lambda pair: pair[0] not in self.words.copies.values())
        for _, items in own_first:
            for item in items:
                if item.code in ruled:
                    found.setdefault(item.code, item)
        return found.values()

    def thing(self, code: str, say: Translate) -> Thing | None:
        """One row by its code, also one that this grid's table does not show."""
        known = next((one for one in self.things(say) if one.code == code), None)
        if known is not None:
            return known
        own_first = sorted(self.words.items.items(), key=lambda pair: pair[0] not in self.words.copies.values())
        item = next((one for _, items in own_first for one in items if one.code == code), None)
        if item is None:
            return None
        return Thing("items", code, named(item, self.language), item.more, item.domain, duty_of_item(item))


def named(word: Word, language: str) -> str:
    """A word in the reader's language, in Chinese where it is not translated."""
    return word.name_en if language == "en" and word.name_en else word.name


def duty_of_item(item: Word) -> Duty:
    """A duty of a list as something to answer for: it belongs to the level that it names."""
    return Duty((item.code,), item.level, item.domain)
