"""Which list a post takes, and what the lists of a grid's posts propose: pure cases."""

import csv
from pathlib import Path

import pytest

from portal.responsibilities.labels import LINES_OF_WORK
from portal.responsibilities.rules import Mark
from portal.responsibilities.rules.mapping import Mapping, charge_of, mapping_for
from portal.responsibilities.rules.proposing import Charged, Proposed, proposed
from portal.responsibilities.services.seeding import DATA


def row(number: int, kind: str = "", name: str = "", *, own: bool = False, list_id: int | None = 1) -> Mapping:
    return Mapping(number, own, "负责人", kind, name, list_id, "管理", "")


ANY, ROOM, LAB, CHEMISTRY = row(1), row(2, "room"), row(3, "room", "实验"), row(4, "room", "化学实验室")
OWN_ROOM, OWN_LAB = row(5, "room", own=True), row(6, "room", "实验", own=True)


@pytest.mark.parametrize(
    ("rows", "kind", "name", "wanted"),
    [
        ([ANY, ROOM], "room", "库房", ROOM),
        ([ANY, ROOM], "outdoor", "运动场", ANY),
        ([ANY, ROOM, LAB], "room", "物理实验室", LAB),
        ([LAB, CHEMISTRY], "room", "化学实验室(东)", CHEMISTRY),
        ([ROOM, OWN_ROOM], "room", "库房", OWN_ROOM),
        ([LAB, OWN_ROOM], "room", "物理实验室", LAB),  # the school spoke of rooms, not of laboratories
        ([LAB, OWN_LAB, OWN_ROOM], "room", "物理实验室", OWN_LAB),
        ([ROOM], "floor", "一楼", None),
    ],
)
def test_the_row_that_says_most_about_the_place_decides(
    rows: list[Mapping], kind: str, name: str, wanted: Mapping | None
) -> None:
    assert mapping_for(rows, title="负责人", kind=kind, name=name) == wanted


def test_a_post_has_a_line_of_work_and_a_safety_duty_or_a_gap() -> None:
    whole = charge_of([ROOM], title="负责人", kind="room", name="库房", copies={})
    assert whole.is_whole
    assert not charge_of([ROOM], title="门卫", kind="room", name="库房", copies={}).is_whole
    assert not charge_of([row(7, list_id=None)], title="负责人", kind="room", name="库房", copies={}).is_whole


def test_a_school_that_took_a_list_over_uses_its_own() -> None:
    assert charge_of([ROOM], title="负责人", kind="room", name="库房", copies={1: 80}).list_id == 80


def test_the_line_of_work_on_the_post_goes_first() -> None:
    charge = charge_of([ROOM], title="负责人", kind="room", name="库房", own_line="图书管理", copies={})
    assert charge.line_of_work == "图书管理"


def test_one_post_is_accountable_for_a_duty_and_the_others_assist() -> None:
    rows = proposed([Charged(1, ("a", "b")), Charged(2, ("b", "c"))], has_main=frozenset(), marked=frozenset())
    assert rows == [
        Proposed("a", 1, Mark.MAIN), Proposed("b", 1, Mark.MAIN), Proposed("b", 2, Mark.ASSIST),
        Proposed("c", 2, Mark.MAIN),
    ]  # fmt: skip


def test_what_was_decided_is_left_alone() -> None:
    rows = proposed([Charged(1, ("a", "b"), "FIRE")], has_main=frozenset({"a", "FIRE"}), marked=frozenset({("b", 1)}))
    assert rows == [Proposed("a", 1, Mark.ASSIST)]


# -- the library as it is shipped


def read(name: str) -> list[dict[str, str]]:
    with (Path(DATA) / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_library_is_complete_and_each_proposal_names_a_list_of_it() -> None:
    lists = {one["list"]: int(one["items"]) for one in read("duty_lists")}
    items = read("duty_items")
    assert (len(lists), len(items), len(read("domains"))) == (76, 401, 20)
    assert {name: sum(one["list"] == name for one in items) for name in lists} == lists
    keys = [(one["title"], one["grid_kind"], one["grid_name"]) for one in read("duty_mappings")]
    assert len(keys) == len(set(keys))
    assert {one["list"] for one in read("duty_mappings")} <= set(lists)


def test_every_post_of_the_real_school_has_both_sides() -> None:
    """The register of the real school: no kind of post without a list and a line of work."""
    lists = {one["list"]: number for number, one in enumerate(read("duty_lists"), 1)}
    rules = [
        Mapping(
            number, False, one["title"], one["grid_kind"], one["grid_name"], lists[one["list"]], one["line_of_work"], ""
        )
        for number, one in enumerate(read("duty_mappings"))
    ]
    grids = Path(__file__).parents[2] / "portal" / "demo" / "data" / "school_grids.csv"
    with grids.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lacking = {
        (title, one["kind"])
        for one in rows
        for title in one["role"].split(";")
        if title and title != "班长"
        and not charge_of(rules, title=title, kind=one["kind"], name=one["name"], copies={}).is_whole
    }  # fmt: skip
    assert not lacking
    assert (
        charge_of(rules, title="负责人", kind="room", name="化学实验室(东)", copies={}).list_id == lists["实验室管理员"]
    )
    assert charge_of(rules, title="负责人", kind="room", name="医务室", copies={}).list_id == lists["校医"]


def test_every_line_of_work_that_is_shipped_has_its_message() -> None:
    with (DATA / "duty_mappings.csv").open(encoding="utf-8") as file:
        shipped = {row["line_of_work"] for row in csv.DictReader(file) if row["line_of_work"]}
    assert shipped == set(LINES_OF_WORK)
