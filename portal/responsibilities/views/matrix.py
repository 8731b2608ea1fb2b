"""The matrix as its page reads it: the table, the filters, and what the page says besides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from portal.core.clock import local
from portal.grids.queries import ids_in
from portal.rendering.i18n import translator
from portal.responsibilities import labels
from portal.responsibilities.forms import Filter
from portal.responsibilities.queries.matrix import Stand
from portal.responsibilities.rules.spans import Wide, wide_spans
from portal.responsibilities.views.ground import Ground
from portal.responsibilities.views.table import Body, Column, Line, bodies_of, columns_of, is_wanted, lines_of


class Lack(NamedTuple):
    """A post without its line of work or without a safety duty (R47)."""

    title: str
    place: str
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class MatrixView:
    """The page."""

    grid_id: int
    name: str
    org_id: int
    crumbs: tuple[tuple[str, str], ...]
    asked: Filter
    at: datetime
    day: date
    is_today: bool
    columns: tuple[Column, ...]
    bodies: tuple[Body, ...]
    lacking: int
    lacks: tuple[Lack, ...]
    wide: tuple[tuple[str, str], ...]
    views: tuple[tuple[str, str, str, bool], ...]
    kinds: tuple[tuple[str, str, int | str, bool], ...]
    grids: tuple[tuple[str, str], ...]
    domains: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str], ...]
    may_edit: bool

    @property
    def rows(self) -> int:
        """How many duties are shown."""
        return sum(len(body.rows) for body in self.bodies)


def matrix_view(ground: Ground, asked: Filter, *, crumbs: Sequence[tuple[str, str]], may_edit: bool) -> MatrixView:
    """Puts the page together; who has which mark is asked of the rules, row by row."""
    every = lines_of(ground, asked)
    lines = [line for line in every if is_wanted(line, asked)]
    columns = columns_of(ground, asked, lines)
    day = local(ground.at).date()
    return MatrixView(
        grid_id=ground.grid.grid_id, name=ground.grid.grid, org_id=ground.grid.org_id, crumbs=tuple(crumbs),
        asked=asked, at=ground.at, day=day, is_today=asked.at is None,
        columns=columns, bodies=bodies_of(ground, lines, columns), lacking=sum(line.is_lacking for line in every),
        lacks=_lacks(ground, columns if asked.view == "posts" else ()), wide=_wide(ground) if may_edit else (),
        views=_views(asked, ground), kinds=_kinds(asked, every, ground), grids=_grids(ground),
        domains=tuple((word.code, ground.names[word.code]) for word in ground.words.domains),
        people=_people(ground),
        may_edit=may_edit,
    )  # fmt: skip


# -- around the table


def _people(ground: Ground) -> tuple[tuple[str, str], ...]:
    """Everybody by name, with the first post that they hold now: a school has many keepers of something."""
    posts: dict[int, str] = {}
    for post in sorted(ground.posts.values(), key=lambda one: (one.grid_id not in ground.line, one.path)):
        held = ground.facts.holder(post.post_id or 0, at=ground.at)
        if held is not None:
            posts.setdefault(held.person_id, f"{post.grid} {post.title}")
    by_name = sorted(ground.words.people.items(), key=lambda one: (one[1], one[0]))
    return tuple((str(key), f"{name} {posts.get(key, '')}".strip()) for key, name in by_name)


def _lacks(ground: Ground, columns: Iterable[Column]) -> tuple[Lack, ...]:
    found = []
    for column in columns:
        post = ground.posts[column.post_id]
        charge = ground.charge(post)
        if charge.is_whole or post.org_id != ground.grid.org_id:
            continue
        text = labels.NO_DUTIES if charge.line_of_work else labels.NO_LINE if charge.list_id else labels.NEITHER
        href = f"/duty-mappings/{column.post_id}"
        found.append(Lack(post.title, post.grid, translator(ground.language)(text), href))
    return tuple(found)


def _wide(ground: Ground) -> tuple[tuple[str, str], ...]:
    def said(one: Wide) -> tuple[str, str]:
        places = translator(ground.language)(labels.BETWEEN).join(
            ground.grids[grid_id].grid for grid_id in one.grids if grid_id in ground.grids
        )
        return ground.words.people.get(one.person_id, ""), places

    return tuple(said(one) for one in wide_spans(ground.facts, at=ground.at))


def _views(asked: Filter, ground: Ground) -> tuple[tuple[str, str, str, bool], ...]:
    say = translator(ground.language)
    return tuple((say(text), asked.but(view=code), "", asked.view == code) for code, text in labels.VIEWS.items())


def _kinds(asked: Filter, every: Sequence[Line], ground: Ground) -> tuple[tuple[str, str, int | str, bool], ...]:
    say = translator(ground.language)
    count: dict[str, int] = {"all": len(every), "gaps": sum(line.is_lacking for line in every)}
    for line in every:
        count[line.thing.body] = count.get(line.thing.body, 0) + 1
    return tuple(
        (say(text), asked.but(rows=code), count.get(code, 0), asked.rows == code)
        for code, text in labels.ROWS.items()
        if count.get(code, 0) or asked.rows == code
    )


def _grids(ground: Ground) -> tuple[tuple[str, str], ...]:
    """The grids of the organisation in the order of the tree, each with its way from below the school."""
    own = [
        one
        for one in ground.grids.values()
        if one.org_id == ground.grid.org_id and (one.grid_ended_at is None or one.grid_ended_at > ground.at)
    ]
    names = {one.grid_id: one.grid for one in own}
    known = {one.grid_id: place for place, one in enumerate(own)}

    def way(one: Stand) -> list[int]:
        return [step for step in ids_in(one.path) if step in names and step != ground.grid.org_id]

    ordered = sorted(own, key=lambda one: [known[step] for step in way(one)])
    return tuple((str(one.grid_id), "·".join(names[step] for step in way(one)) or one.grid) for one in ordered)
