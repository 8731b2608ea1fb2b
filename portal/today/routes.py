"""The first page."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from portal.core.actors import Actor
from portal.core.clock import now
from portal.coverage.provided import Cover, cover_today
from portal.duty.provided import duty_today
from portal.duty.queries import duty_leader_rows
from portal.duty.rules import LeaderRow
from portal.hazards.queries.lists import seen_by
from portal.permissions.rules import Permission, has, scope
from portal.today.errands import behind_danger, to_hand_over, to_screen_and_sign
from portal.today.queries import cards_today, grids_today, schools_today
from portal.today.views.page import (
    GAP_DAYS,
    MOST_TASKS,
    OVERSEERS,
    SCHOOLWIDE,
    TodayView,
    TodoBuilder,
    gap_view,
    leading_view,
    sections_of,
    tasks_of,
)
from portal.web.respond import language_of, page
from portal.web.state import signed

AnyRequest = Request[Any, Any, Any]


@get("/", opt={"permission": Permission.ACCOUNT_OWN})
async def show_today(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """What this person must do now, then what is: by their roles at this instant."""
    at, language = now(), language_of(request)
    found = signed(request)
    view = await today_view(actor, at, language, version=found.rights_version if found else 0)
    lead = found.lead if found else None
    return await page(request, "today/today.html", fragment="today/_today.html", view=view, lead=lead)


async def today_view(actor: Actor, at: datetime, language: str, *, version: int) -> TodayView:
    """The page's view; seven statements where the number of the school is written down, two more for whoever leads.

    `version` is that of the rights and the book of duty of the person's school.
    """
    is_bureau = "bureau_officer" in actor.roles
    cards = seen_by(await cards_today(by=actor, at=at), actor)
    tasks, build = tasks_of(cards, actor, at), TodoBuilder(actor, at, language)
    ledger = _ledger(actor)
    rows = await _leaders(actor, at)
    cover = await _cover(actor, at, language)
    leading = leading_view(rows, actor, at) if rows is not None else None
    duty = (
        await duty_today(actor.org_id, version, by=actor, at=at, language=language)
        if leading and actor.org_id
        else None
    )
    first, letters = await to_screen_and_sign(actor, at, language)
    last = [*letters, *await to_hand_over(actor, at, language)]
    return TodayView(
        tasks=(*behind_danger([build.task(task) for task in tasks[:MOST_TASKS]], first), *last),
        task_count=len(first) + len(tasks) + len(last),
        sections=sections_of(cards, tasks, by=actor, at=at, ledger=ledger, language=language),
        grids=() if is_bureau else tuple(await grids_today(by=actor, at=at)),
        schools=tuple(await schools_today(by=actor, at=at)) if is_bureau else (), is_bureau=is_bureau,
        leading=leading, duty=duty, gap=gap_view(rows, actor, at) if rows is not None else None, cover=cover,
        may_report=has(actor, Permission.HAZARD_REPORT_VIEW), all_href=ledger,
        duty_sheet=f"/people/{actor.person_id}/duty-sheet" if actor.person_id else "",
    )  # fmt: skip


async def _leaders(actor: Actor, at: datetime) -> list[LeaderRow] | None:
    """The duty book of two weeks, for whoever leads or has to see that somebody does."""
    if actor.org_id is None or not actor.roles & (OVERSEERS - {"chief"}):
        return None
    return await duty_leader_rows(actor.org_id, at, days=GAP_DAYS + 1)


async def _cover(actor: Actor, at: datetime, language: str) -> Cover | None:
    """How many grids have somebody, for whoever holds the whole school; its first blind spots."""
    whole = (one for one in actor.grants if one.role in SCHOOLWIDE and one.grid_id == one.org_id == actor.org_id)
    held = next(whole, None)
    return await cover_today(held.org_id, held.path, by=actor, at=at, language=language) if held else None


def _ledger(actor: Actor) -> str:
    """The ledger of the widest part that the person holds; "" for whoever has none."""
    paths = scope(actor, Permission.HAZARD_LEDGER).paths
    if not paths:
        return ""
    widest = min(paths, key=lambda path: (path.count("/"), path))
    return f"/grids/{widest.strip('/').split('/')[-1]}/ledger"


ROUTES = [show_today]
