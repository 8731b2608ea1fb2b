"""Which pages there are: every GET route of the application, with ids that stand for each kind of thing."""

import re
from collections.abc import Iterator

from tests.journeys.chromium.parts import Rows

NO_PAGE = (
    "/health/", "/static/", ".xlsx", ".pdf", ".zip", "/photos/", "/portraits/", "/feeds/{", "/screen/{", "/v/{", "/file",
    "/letters/archive", "/letters/{letter_id:int}/pages/",
)  # fmt: skip
SHOWN_ELSEWHERE = (
    "/join/{code:str}",
    "/board",
    "/imports/{batch_id:int}",
    "/screening/{report_id:int}",
    "/school-years/{year_id:int}",
    "/prints/{job_id:int}",
    "/map/{org_id:int}/editions/{edition:int}",
    "/duty/plan/roles/{duty_role_id:int}",
    "/duty/plan/kinds/{day_kind_id:int}",
    "/duty/leave/{leave_id:int}",
)
"""The first is tried with a code that is wrong, the second leads to a board; a batch is staged by its own test, and a
report from outside is sent by test_public_board, which also walks everything below "/b/". A school year is drafted,
and paper asked for, by their own tests; an edition of a map is drawn by tests/coverage. A role and a kind of
day of a school's own are no part of the demonstration, nor is a file of leave (tests/duty/test_feed_leave.py)."""


def templates() -> list[str]:
    """The addresses of all pages, as routes name them."""
    from portal.app import HANDLERS

    found = [
        path
        for handler in HANDLERS
        if "GET" in getattr(handler, "http_methods", ())
        for path in getattr(handler, "paths", ())
        if not any(part in path for part in NO_PAGE)
    ]
    return sorted(found)


def addresses(login: str, rows: Rows) -> Iterator[str]:
    """Every page for somebody of the demonstration, opened with things of each kind."""
    samples = _samples(login, rows)
    for template in templates():
        if template in SHOWN_ELSEWHERE or template.startswith("/b/"):
            continue
        name = re.search(r"\{(\w+):int\}", template)
        if name is None:
            assert "{" not in template, f"nothing stands for {template}"
            yield template
            continue
        wanted = samples[name[1]]
        wide = template in ("/grids/{grid_id:int}", "/grids/{grid_id:int}/board", "/hazards/{hazard_id:int}")
        for number in wanted if wide else wanted[:1]:
            yield re.sub(r"\{\w+:int\}", str(number), _placed(template, samples)).replace("{duty:str}", "FIRE")


_WAITS = "FROM letter_party y JOIN person x ON x.id = y.person_id WHERE x.name = '教师107' ORDER BY y.id LIMIT 1"


def _placed(template: str, samples: dict[str, list[int]]) -> str:
    """With a letter that this page is for: one that waits for somebody without an account, one of a class."""
    which = "waits" if "{party_id:int}" in template else "of_class" if template.endswith("/class") else ""
    placed = template.replace("{letter_id:int}", str(samples[which][0])) if which else template
    return placed.replace("{party_id:int}", str(samples["party_id"][0]))


def _samples(login: str, rows: Rows) -> dict[str, list[int]]:
    school, bureau = rows.grid("青云一中"), rows.grid("青云县教育局")
    room, building, school_class = rows.grid("配电室"), rows.grid("博学楼"), rows.grid("高一1班")
    grids = {
        "bureau": [bureau, school],
        "teacher": [rows.value(
            "SELECT p.grid_id FROM post p JOIN appointment a ON a.post_id = p.id JOIN person x ON x.id = a.person_id "
            "WHERE x.name = '教师095' ORDER BY p.id LIMIT 1")],
    }.get(login, [building, school, room, school_class])  # fmt: skip
    states = ("reported", "assigned", "rectifying", "recheck", "escalated", "closed")
    hazards = [rows.value("SELECT min(id) FROM hazard WHERE status = ?", state) for state in states]
    listed = rows.value("SELECT min(id) FROM hazard WHERE is_listed")
    person = rows.value("SELECT id FROM person WHERE name = '教师018'")
    letter = rows.value(
        "SELECT min(y.letter_id) FROM letter_party y JOIN person x ON x.id = y.person_id "
        "WHERE x.name = '教师095' OR ? <> 'teacher'", login,
    )  # fmt: skip
    return {
        "grid_id": grids,
        "hazard_id": [*hazards, listed],
        "person_id": [person],
        "letter_id": [letter] if letter else [],
        "template_id": [rows.value("SELECT id FROM letter_template WHERE kind = 'yearly' AND org_id IS NULL")],
        "round_id": [one] if (one := rows.value("SELECT min(id) FROM letter_round")) else [],
        "waits": [rows.value(f"SELECT y.letter_id {_WAITS}")],
        "of_class": [rows.value("SELECT min(id) FROM letter WHERE kind = 'class'")],
        "party_id": [rows.value(f"SELECT y.id {_WAITS}")],
        "org_id": [school],
        "roster_id": [rows.value("SELECT min(id) FROM duty_roster")],
        "list_id": [rows.value("SELECT id FROM duty_list WHERE name = '楼长（区域楼长）' AND org_id IS NULL")],
        "swap_id": [rows.value("SELECT min(id) FROM duty_swap WHERE state = 'accepted'")],
        "shift_id": [rows.value("SELECT max(id) FROM duty_shift WHERE cancelled_at IS NULL")],
        "area_id": [rows.value("SELECT min(id) FROM duty_area")],
        "slot_id": [rows.value("SELECT min(id) FROM duty_slot WHERE area_id IS NOT NULL")],
        "period_id": [rows.value("SELECT min(id) FROM duty_period")],
        "item_id": [rows.value("SELECT min(id) FROM duty_item")],
        "change_id": [rows.value("SELECT min(id) FROM personnel_change")],
        "sheet_id": [rows.value("SELECT min(id) FROM handover_sheet")],
        "post_id": [rows.value("SELECT post_id FROM appointment WHERE person_id = ? ORDER BY id LIMIT 1", person)],
    }
