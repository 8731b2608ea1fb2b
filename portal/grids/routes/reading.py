"""The tree, the page of a grid, the register."""

import asyncio
from typing import Any
from urllib.parse import quote, urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal.core.actors import Actor
from portal.core.clock import now, today
from portal.core.refusals import NotFound
from portal.grids import labels
from portal.grids.queries import (
    LEVEL_ROWS,
    PAGE_ROWS,
    CardRow,
    Family,
    OrganisationRow,
    Wanted,
    answers_on,
    family_of,
    find_grids,
    grid_seen,
    holders_of,
    kinds_of,
    level_of,
    organisations_seen,
    paths_named,
    people_named,
    story_of,
    subtree,
    top_levels,
)
from portal.grids.register import workbook
from portal.grids.rules import parse_id
from portal.grids.services import record_export
from portal.grids.stories import people_in, story_views
from portal.grids.views import (
    GridView,
    LevelView,
    Line,
    Reader,
    SchoolsView,
    TreeView,
    grid_facts,
    grid_view,
    lines,
    nested,
    register_rows,
)
from portal.permissions.rules import Permission, has, scope
from portal.rendering.i18n import translator
from portal.rendering.moments import day_text
from portal.web.again import AnyRequest
from portal.web.respond import language_of, page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@get("/grids", opt={"permission": Permission.GRID_VIEW})
async def show_grids(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The tree of the reader's school, or the schools of a bureau; `org` chooses one, `q`, `kind`, `vacant` narrow."""
    wanted = request.query_params.get("org", "")
    org_id = parse_id(wanted)
    if wanted and org_id is None:
        raise NotFound()
    seen = await organisations_seen(actor, at=now(), only=org_id)
    if not seen:
        raise NotFound()
    if len(seen) > 1:
        view = SchoolsView(tuple(seen), has(actor, Permission.SCHOOL_MAKE))
        return await page(request, "grids/schools.html", fragment="grids/_schools.html", view=view)
    tree = await _tree(request, actor, seen[0])
    return await page(request, "grids/tree.html", fragment="grids/_tree.html", view=tree)


async def _tree(request: AnyRequest, actor: Actor, org: OrganisationRow) -> TreeView:
    asked, language = request.query_params, language_of(request)
    wanted = Wanted(asked.get("q", "").strip()[:60], asked.get("kind", "")[:30], asked.get("vacant", "") == "1")
    first = max((parse_id(asked.get("page", "1")) or 1) - 1, 0) * PAGE_ROWS
    shown, found = await (_found(org, wanted, first, language) if wanted.is_any else _levels(org, language))
    seen = scope(actor, Permission.GRID_VIEW)
    kinds = tuple((kind.code, kind.text(language)) for kind in await kinds_of(org.id))
    return TreeView(
        org_id=org.id, name=org.name, grids=org.grids, vacant=org.vacant, wanted=wanted, kinds=kinds, lines=shown,
        found=found, first=first, more=_more(org, wanted, first, found),
        may_edit=scope(actor, Permission.GRID_EDIT).holds(org.path, org.id),
        may_export=scope(actor, Permission.REGISTER_EXPORT).holds(org.path, org.id),
        may_see_people=scope(actor, Permission.PERSON_VIEW).holds(org.path, org.id),
        may_import=scope(actor, Permission.IMPORT_VIEW).holds(org.path, org.id),
        others=any(org.path != path and org.path.startswith(path) for path in seen.paths),
    )  # fmt: skip


async def _levels(org: OrganisationRow, language: str) -> tuple[tuple[Line, ...], int]:
    """Two levels at once where that is not too much, otherwise the first; what is deeper the browser asks for."""
    cards = await top_levels(org.part)
    if len(cards) > LEVEL_ROWS:
        cards = [card for card in cards if card.parent_id == org.id][:LEVEL_ROWS]
    flat = lines(cards, await answers_on([card.id for card in cards], at=now()), language)
    return nested(org.id, cards, flat), len(cards)


async def _found(org: OrganisationRow, wanted: Wanted, first: int, language: str) -> tuple[tuple[Line, ...], int]:
    cards, total = await find_grids(org.part, wanted, at=now(), first=first)
    answers = await answers_on([card.id for card in cards], at=now())
    return lines(cards, answers, language, where=await paths_named(cards)), total


def _more(org: OrganisationRow, wanted: Wanted, first: int, total: int) -> tuple[str, str]:
    def address(start: int) -> str:
        asked: dict[str, Any] = {"org": org.id, "q": wanted.text, "kind": wanted.kind}
        asked |= {"vacant": "1" if wanted.only_vacant else "", "page": start // PAGE_ROWS + 1}
        return "?" + urlencode({name: value for name, value in asked.items() if value})

    before = address(first - PAGE_ROWS) if first else ""
    return before, address(first + PAGE_ROWS) if wanted.is_any and first + PAGE_ROWS < total else ""


@get("/grids/{grid_id:int}/children", opt={"permission": Permission.GRID_VIEW})
async def show_children(request: AnyRequest, actor: NamedDependency[Actor], grid_id: FromPath[int]) -> Response[Any]:
    """The children of a grid: what the tree puts in when a branch is opened, or a short page of its own."""
    parent = await grid_seen(grid_id, by=actor)
    cards = await level_of(grid_id, by=actor)
    answers = await answers_on([card.id for card in cards], at=now())
    view = LevelView(parent.id, parent.name, lines(cards, answers, language_of(request)))
    return await page(request, "grids/children.html", fragment="grids/_level.html", view=view)


@get("/grids/{grid_id:int}", opt={"permission": Permission.GRID_VIEW})
async def show_grid(request: AnyRequest, actor: NamedDependency[Actor], grid_id: FromPath[int]) -> Response[Any]:
    """The page of a grid: who answers for it, what is fixed, what stands below and beside it, what happened."""
    view = await grid_page(await family_of(grid_id, by=actor), actor, language_of(request))
    return await page(request, "grids/grid.html", fragment="grids/_grid.html", view=view)


async def grid_page(family: Family, actor: Actor, language: str) -> GridView:
    """The view of a grid, with what other rooms know of it."""
    card, reader = family.grid, Reader.of(actor, language)
    shown = [card.id, *(row.id for row in family.children), *(row.id for row in family.parallels)]
    answers = await answers_on(shown, at=now())
    facts = [fact for source in grid_facts for fact in await source(card, actor, language)]
    told = await story_of(card.id)
    people = await people_named(people_in(told))
    story = story_views(told, people, language, knows_pupils=reader.is_colleague(card))
    return grid_view(family, answers, facts, story, reader, seen=scope(actor, Permission.GRID_VIEW))


@get("/grids/{grid_id:int}/register.xlsx", opt={"permission": Permission.REGISTER_EXPORT})
async def get_register(request: AnyRequest, actor: NamedDependency[Actor], grid_id: FromPath[int]) -> Response[bytes]:
    """The register of a part of the tree as a workbook (R23); taking it out is an event (TA11)."""
    grid = await grid_seen(grid_id, by=actor, permission=Permission.REGISTER_EXPORT)
    cards, language = await subtree(grid.part), language_of(request)
    body = await asyncio.to_thread(workbook, **await _register(grid.name, cards, language))
    await record_export(grid, rows=len(cards), by=actor)
    name = f"{grid.name} {translator(language)(labels.REGISTER)} {today():%Y%m%d}.xlsx"
    headers = {
        "Content-Disposition": f"attachment; filename=\"register.xlsx\"; filename*=UTF-8''{quote(name, safe='')}",
        "Cache-Control": "no-store",
    }
    return Response(body, media_type=XLSX, headers=headers)


NARROW = frozenset({"number", "area", "key_spot", "level"})
WIDE = frozenset({"name", "location", "range", "duty", "main_buildings", "key_places"})


async def _register(school: str, cards: list[CardRow], language: str) -> dict[str, Any]:
    say = translator(language)
    holders = await holders_of([card.id for card in cards], at=now())
    rows = register_rows(cards, holders, await paths_named(cards), language)
    day = day_text(today(), today=today(), language=language, full=True)
    head = [
        (say(text), "narrow" if key in NARROW else "wide" if key in WIDE else "")
        for key, text in labels.REGISTER_HEAD.items()
    ]
    return {
        "title": say(labels.REGISTER), "note": say(labels.MADE_ON, school=school, day=day, count=len(cards)),
        "head": head, "rows": rows, "sheet": say(labels.REGISTER),
    }  # fmt: skip


READING = [show_grids, show_children, show_grid, get_register]
