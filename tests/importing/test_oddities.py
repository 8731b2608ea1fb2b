import time
from collections import Counter

import pytest

from portal.importing.parse import parse
from portal.importing.plan import Plan, Snapshot
from portal.importing.planning import make_plan
from portal.importing.reading import read_file
from tests.importing.files import REAL_SCHOOL, table

EMPTY = Snapshot("第一学校")


def plan_of(*lines: str, header: str = "parent_path,name,kind,responsible,role") -> Plan:
    return make_plan(parse(read_file(table(*lines, header=header), "学校.csv")), EMPTY)


def found(*lines: str) -> list[tuple[str, str, int]]:
    return [(oddity.code, oddity.severity, oddity.row) for oddity in plan_of(*lines).oddities]


SCHOOL = ",学校,school,李校长,组长"
FLOOR = ("学校,甲楼,building,管楼的人,楼总负责", "学校/甲楼,一楼,floor,欧阳,楼层负责")
ROOM = "学校/甲楼/一楼,{},room,{},负责人"


def rooms(*pairs: tuple[str, str]) -> list[tuple[str, str, int, str]]:
    """Oddities on rooms of a floor, rows counted from 1."""
    lines = [ROOM.format(name, who) for name, who in pairs]
    plan = plan_of(SCHOOL, *FLOOR, *lines)
    return [(o.code, o.severity, o.row - 4, o.value) for o in plan.oddities if o.row > 4]


def test_one_name_with_two_holders_is_two_rooms() -> None:
    assert rooms(("副校长办公室", "甲"), ("副校长办公室", "乙")) == [
        ("same_path_other_holders", "ask", 2, "副校长办公室")
    ]
    plan = plan_of(SCHOOL, *FLOOR, ROOM.format("副校长办公室", "甲"), ROOM.format("副校长办公室", "乙"))
    assert [grid.key for grid in plan.grids][-2:] == ["甲楼/一楼/副校长办公室", "甲楼/一楼/副校长办公室 #2"]
    assert [(a.grid_key[-2:], a.person) for a in plan.appointments][-2:] == [
        ("公室", "staff:甲:"),
        ("#2", "staff:乙:"),
    ]


@pytest.mark.parametrize(
    ("names", "suggestion"),
    [(["教室(1)", "教室(1)"], "教室(2)"),
     (["教室(1)", "教室(1)", "教室(2)"], "教室(3)"), (["教室（1）", "教室（1）"], "教室(2)"),
     (["教室", "教室"], "教室(2)"), (["教室(东)", "教室(东)"], "教室(东)(2)"), (["办公室3", "办公室3"], "办公室3(2)")],
)  # fmt: skip
def test_one_name_with_the_same_holder_suggests_the_next_number(names: list[str], suggestion: str) -> None:
    lines = [ROOM.format(name, "甲") for name in names]
    [oddity] = [o for o in plan_of(SCHOOL, *FLOOR, *lines).oddities if o.code.startswith("same_path")]
    assert (oddity.code, oddity.severity, oddity.row) == ("same_path_same_holders", "ask", 6)
    assert oddity.params == {"first": 5, "suggestion": suggestion}


def test_the_full_path_tells_places_apart() -> None:
    lines = ["学校,甲楼,building,管楼的人,楼总负责", "学校,乙楼,building,管楼的人,楼总负责"]
    lines += [f"学校/{which},卫生间,room,甲,负责人" for which in ("甲楼", "乙楼")]
    assert found(SCHOOL, *lines) == [("school_row", "note", 2), ("same_name_elsewhere", "note", 5)]


CASES = [
    ("学校,甲区,outdoor,,负责人", "nobody", "note"),
    ("学校,甲楼,building,甲;乙,楼总负责", "two_heads", "ask"),
    ("学校,甲区,outdoor,甲;乙,负责人", "several_holders", "note"),
    ("学校,甲区,outdoor,保洁人员(岗位),负责人", "post_only", "note"),
    ("学校,甲网格,grid_family,,", "heading", "note"),
    ("学校,甲区,outdoor,,", "nobody", "note"),
    ("学校,甲区(空),outdoor,甲,负责人", "marked_empty", "note"),
    ("学校,甲区(东),outdoor,甲,负责人", "bracket", "note"),
    ("学校/没有这楼,甲区,outdoor,甲,负责人", "parent_missing", "error"),
    ("甲区,甲区,outdoor,甲,负责人", "cycle", "error"),
    (",甲室,room,甲,负责人", "no_parent", "ask"),
    (",另一学校,school,甲,组长", "two_schools", "error"),
    ("学校,高一1班,class,甲;乙,班主任;班长", "pupil", "note"),
    ("学校,高一1班,class,甲;乙,班主任;班长", "class_without_room", "note"),
    ("学校,高一1班,class,甲,负责人", "class_without_teacher", "ask"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "code", "severity"), CASES)
def test_each_oddity_stands_on_its_row(line: str, code: str, severity: str) -> None:
    assert (code, severity, 3) in found(SCHOOL, line)


def test_a_floor_without_a_leader_and_a_building_without_rooms() -> None:
    assert found(SCHOOL, "学校,甲楼,building,甲,楼总负责", "学校/甲楼,一楼,floor,,楼层负责")[1:] == [
        ("building_without_rooms", "note", 3),
        ("floor_without_leader", "note", 4),
    ]


def test_a_room_in_the_list_of_classes_and_a_room_of_a_class_that_is_missing() -> None:
    lines = ["学校,班级网格,grid_family,,", "学校/班级网格,高三7班,class,甲;乙,班主任;班长",
             "学校/班级网格,藏文教室,room,丙,负责人", "学校,高三8班教室(空),room,丁,负责人",
             "学校,语音教室(2),room,丁,负责人"]  # fmt: skip
    codes = found(SCHOOL, *lines)
    assert ("room_among_classes", "note", 5) in codes
    assert ("room_of_missing_class", "note", 6) in codes
    assert ("room_of_missing_class", "note", 7) not in codes


def test_a_circle_of_parents_is_refused_and_does_not_hang() -> None:
    assert [code for code, *_ in found(SCHOOL, "乙区,甲区,outdoor,甲,负责人", "甲区,乙区,outdoor,乙,负责人")] == [
        "school_row",
        "cycle",
        "cycle",
    ]


def test_a_bare_parent_name_is_enough_where_only_one_bears_it() -> None:
    assert [grid.key for grid in plan_of(SCHOOL, *FLOOR, "一楼,甲室,room,甲,负责人").grids][-1] == "甲楼/一楼/甲室"
    twice = plan_of(
        SCHOOL,
        *FLOOR,
        "学校,乙楼,building,乙,楼总负责",
        "乙楼,一楼,floor,甲,楼层负责",
        "一楼,甲室,room,甲,负责人",
    )
    assert [(o.code, o.row) for o in twice.errors] == [("parent_ambiguous", 7)]


def test_parents_may_stand_below_their_children_and_without_the_schools_name() -> None:
    plan = plan_of("甲楼/一楼,甲室,room,甲,负责人", "甲楼,一楼,floor,乙,楼层负责", ",甲楼,building,丙,楼总负责")
    assert [grid.key for grid in plan.grids] == ["甲楼", "甲楼/一楼", "甲楼/一楼/甲室"]
    assert not plan.errors


LOOK_ALIKES = [
    (["张伟", "张玮"], 1), (["李小红", "李小虹", "李晓红"], 2), (["教师001", "教师002"], 0), (["甲1", "乙1"], 1),
    (["张三", "张三丰"], 0), (["王一二", "张一三"], 0), (["Anna", "Anne"], 0), (["李𠮷", "李吉"], 1),
]  # fmt: skip


@pytest.mark.parametrize(("names", "asked"), LOOK_ALIKES)
def test_names_that_differ_by_one_chinese_character_are_asked_about_and_never_merged(
    names: list[str], asked: int
) -> None:
    plan = plan_of(SCHOOL, *[f"学校,{n}区,outdoor,{name},负责人" for n, name in enumerate(names)])
    assert sum(o.code == "look_alike" for o in plan.questions) == asked
    assert len(plan.persons) == len(names) + 1


def test_one_name_with_two_phones_needs_a_staff_number() -> None:
    header = "parent_path,name,kind,responsible,role,phone,staff_no"
    lines = ["学校,甲区,outdoor,甲,负责人,13800000001,{}", "学校,乙区,outdoor,甲,负责人,13800000002,{}"]
    without = plan_of(*[line.format("") for line in lines], header=header)
    assert [o.code for o in without.errors] == ["two_phones"]
    numbered = plan_of(lines[0].format(7), lines[1].format(8), header=header)
    assert not numbered.errors
    assert [person.ref for person in numbered.persons] == ["staff:甲:7", "staff:甲:8"]


def test_a_name_with_two_staff_numbers_says_which_everywhere() -> None:
    header = "parent_path,name,kind,responsible,role,staff_no"
    lines = [f"学校,{n}区,outdoor,甲,负责人,{number}" for n, number in enumerate(("7", "8", ""))]
    assert [(o.code, o.row) for o in plan_of(*lines, header=header).errors] == [("person_ambiguous", 4)]


def test_a_pupil_and_a_teacher_of_one_name_are_two_people() -> None:
    plan = plan_of("学校,高一1班,class,甲;甲,班主任;班长")
    assert [(person.ref, person.kind) for person in plan.persons] == [
        ("staff:甲:", "staff"),
        ("pupil:甲:", "pupil"),
    ]


REAL = {
    ("ask", "same_path_other_holders"): [49], ("ask", "same_path_same_holders"): [77], ("ask", "two_heads"): [106],
    ("note", "school_row"): [2], ("note", "post_only"): [3, 181], ("note", "nobody"): [137, 138, 139, 174],
    ("note", "floor_without_leader"): [130, 135], ("note", "building_without_rooms"): [140, 144],
    ("note", "marked_empty"): [100, 105], ("note", "room_of_missing_class"): [100], ("note", "synonym"): [84],
    ("note", "room_among_classes"): [172], ("note", "heading"): [150, 173],
    ("note", "same_name_elsewhere"): [15, 17, 54, 65, 91],
    ("note", "person_in_many_grids"): [3, 7, 15, 17, 25, 27, 41, 55, 71, 129],
    ("note", "pupil"): list(range(151, 172)), ("note", "class_without_room"): list(range(151, 172)),
    ("note", "several_holders"): [6, 24, 38, 55, 56, 64, 65, 66, 68, 80, 86, 94, 101, 107, 110, 116, 121, 127, 133,
                                  172, 175, 176, 177, 178, 180],
    ("note", "bracket"): [4, 21, 22, 27, 28, 32, 33, 41, 42, 59, 60, 62, 63, 71, 72, 73, 74, 75, 76, 77, 128],
}  # fmt: skip
"""Rows of the file (its header is row 1): one more than the numbers of the data rows in the requirements."""


def test_the_real_school_goes_through_untouched() -> None:
    plan = make_plan(parse(read_file(REAL_SCHOOL.read_bytes(), "school_grids.csv")), EMPTY)
    rows: dict[tuple[str, str], list[int]] = {}
    for oddity in plan.oddities:
        rows.setdefault((oddity.severity, oddity.code), []).append(oddity.row)
    assert rows == REAL
    assert (plan.rows, len(plan.grids) + 1) == (185, 185)
    assert Counter(person.kind for person in plan.persons) == {"staff": 108, "pupil": 21}
    assert len(plan.appointments) == 236  # 241 named, 5 of them by post only
    assert Counter(grid.kind for grid in plan.grids) == {
        "leading_group": 1, "office": 1, "building": 6, "floor": 24, "room": 116, "grid_family": 2, "class": 21,
        "outdoor": 8, "canteen": 1, "canteen_zone": 4,
    }  # fmt: skip
    assert Counter(post.role for post in plan.posts) == {
        "keeper": 116, "chief": 44, "class_teacher": 21, "pupil": 21, "member": 4, "principal": 1, "vice_head": 1,
        "safety_officer": 1,
    }  # fmt: skip


def test_every_post_has_exactly_one_primary_or_nobody() -> None:
    plan = make_plan(parse(read_file(REAL_SCHOOL.read_bytes(), "school_grids.csv")), EMPTY)
    primaries = Counter((a.grid_key, a.title) for a in plan.appointments if a.is_primary)
    held = {(a.grid_key, a.title) for a in plan.appointments}
    assert set(primaries.values()) == {1}
    assert set(primaries) == held
    vacant = [post for post in plan.posts if (post.grid_key, post.title) not in held]
    assert len(vacant) == 11  # 3 rooms, 2 floors and a zone without anybody, 5 posts without a name


def test_five_thousand_rows_are_planned_in_seconds() -> None:
    lines = [SCHOOL, *[f"学校,{n}号楼,building,楼长{n},楼总负责" for n in range(100)]]
    surnames, given = "赵钱孙李周吴郑王冯陈", "甲乙丙丁戊己庚辛壬癸"
    lines += [
        f"学校/{n % 100}号楼,房间{n},room,"
        f"{surnames[n % 10]}{given[n // 10 % 10]}{given[n // 100 % 10]}{n // 1000},负责人"
        for n in range(4_900)
    ]
    started = time.process_time()
    plan = plan_of(*lines)
    seconds = time.process_time() - started
    print(f"5,000 rows read and planned in {seconds:.2f} s, {len(plan.oddities)} oddities")
    assert len(plan.grids) == 5_000
    assert seconds < 3
