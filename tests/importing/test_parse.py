import pytest

from portal.core.refusals import Refused
from portal.importing import cells
from portal.importing.parse import parse
from portal.importing.reading import read_file
from portal.importing.roles import meaning_of
from portal.importing.rows import GridRow, HolderRow, Oddity, Parsed
from tests.importing.files import HEADER, table, xlsx


def parsed(*lines: str, header: str = HEADER) -> Parsed:
    return parse(read_file(table(*lines, header=header), "学校.csv"))


def only(found: Parsed) -> GridRow:
    [row] = found.rows
    return row


def codes(found: Parsed) -> list[str]:
    return [oddity.code for oddity in found.oddities]


def people(cell: str, role: str = "负责人", kind: str = "room") -> tuple[HolderRow, ...]:
    return only(parsed(f'学校,甲室,{kind},"{cell}",{role}')).holders


def test_a_row_says_where_what_who() -> None:
    row = only(parsed("学校/博学楼/一楼,配电室,room,教师013,负责人"))
    assert row == GridRow(
        "学校.csv", 2, ("学校", "博学楼", "一楼"), "配电室", "room", ("负责人",),
        (HolderRow("教师013", "负责人", "keeper"),),
    )  # fmt: skip


@pytest.mark.parametrize(
    "header",
    [
        "所在位置,名称,类别,负责人,职务",
        "上级,网格名称,类型,责任人,岗位",
        " PARENT_PATH ,Name,KIND,Responsible,Role",
    ],
)
def test_headers_are_known_in_chinese_and_english(header: str) -> None:
    assert only(parsed("学校,博学楼,building,甲,楼总负责", header=header)).holders[0].name == "甲"


def test_columns_may_stand_in_any_order_below_a_title_and_beside_others() -> None:
    data = xlsx(
        ["某校安全网格表"],
        [],
        ["序号", "负责人", "类别", "名称", "备注", "所在位置"],
        [1, "甲", "房间", "库房", "x", "博学楼/一楼"],
    )
    found = parse(read_file(data, "x.xlsx"))
    row = only(found)
    assert (row.number, row.parent, row.name, row.kind, row.holders[0].name) == (
        4,
        ("博学楼", "一楼"),
        "库房",
        "room",
        "甲",
    )
    assert [(oddity.code, oddity.value) for oddity in found.oddities] == [("column_unknown", "序号 / 备注")]


def test_every_sheet_with_a_table_is_read_and_the_others_are_named() -> None:
    page = [["名称", "类别"], ["甲楼", "楼栋"]]
    found = parse(read_file(xlsx(*page, 说明=[["请填第一页"]], 第二页=[["名称", "类别"], ["乙楼", "楼"]]), "x.xlsx"))
    assert [(row.sheet, row.name, row.kind) for row in found.rows] == [
        ("网格", "甲楼", "building"),
        ("第二页", "乙楼", "building"),
    ]
    assert [(oddity.code, oddity.value) for oddity in found.oddities] == [("sheet_skipped", "说明")]


def test_a_file_without_our_columns_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        parsed("1,2", header="姓名,年龄")
    assert caught.value.code == "import.no_header"


def test_a_second_column_of_the_same_meaning_is_an_error() -> None:
    found = parsed("学校,甲室,room,甲,乙", header="上级,名称,类别,负责人,责任人")
    assert [(oddity.code, oddity.severity, oddity.row, oddity.column) for oddity in found.oddities] == [
        ("column_twice", "error", 1, "责任人")
    ]


@pytest.mark.parametrize("cell", ["甲;乙;丙", "甲；乙；丙", "甲、乙、丙", "甲，乙,丙", "甲\n乙\n丙", " 甲 ; 乙;;丙; "])
def test_several_people_in_one_cell(cell: str) -> None:
    assert [holder.name for holder in people(cell)] == ["甲", "乙", "丙"]


@pytest.mark.parametrize("cell", ["", "-", "—", "无", "待定", "/", ";"])
def test_nobody_is_written_in_many_ways(cell: str) -> None:
    assert people(cell) == ()


@pytest.mark.parametrize("cell", ["保洁人员(岗位)", "保洁人员（岗位）", "保洁人员 (岗位)"])
def test_a_post_without_a_person(cell: str) -> None:
    assert people(cell, kind="outdoor") == (HolderRow("", "保洁人员", "chief", by_post=True),)


def test_one_title_for_all_or_one_each() -> None:
    assert [holder.title for holder in people("甲;乙", "楼层负责", "floor")] == ["楼层负责", "楼层负责"]
    assert [(holder.name, holder.role) for holder in people("甲;乙", "班主任;班长", "class")] == [
        ("甲", "class_teacher"),
        ("乙", "pupil"),
    ]
    assert [holder.title for holder in people("甲", '"党支部书记、校长"', "school")] == ["党支部书记、校长"]
    assert [holder.title for holder in people("甲", "", "room")] == ["负责人"]


def test_titles_that_do_not_match_the_people_are_an_error_with_its_place() -> None:
    found = parsed("学校,高一1班,class,甲;乙;丙,班主任;班长")
    assert found.oddities == (
        Oddity("roles_mismatch", "error", "学校.csv", 2, "role", "班主任;班长", {"people": 3, "titles": 2}),
    )


def test_the_same_person_twice_in_a_cell_is_one_holder() -> None:
    found = parsed("学校,甲室,room,甲;甲,负责人")
    assert len(only(found).holders) == 1
    assert codes(found) == ["person_twice"]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("张　三", "张三"),
        ("张 三", "张三"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("Anna  Li", "Anna Li"),
        ("张三\u200b", "张三"),
    ],
)
def test_spaces_that_only_set_the_width_are_dropped(written: str, name: str) -> None:
    assert people(written)[0].name == name


def test_phone_and_staff_number_go_with_their_person() -> None:
    found = parsed(
        "学校,甲室,room,甲;乙;丙,负责人,138 0000-0000;+8613900000000;,7;;9",
        header=HEADER + ",电话,工号",
    )
    assert [(h.name, h.phone, h.staff_no) for h in only(found).holders] == [
        ("甲", "13800000000", "7"),
        ("乙", "13900000000", ""),
        ("丙", "", "9"),
    ]


def test_a_pupils_phone_is_not_kept() -> None:
    found = parsed("学校,高一1班,class,甲;乙,班主任;班长,13800000000;13900000000", header=HEADER + ",电话")
    assert [holder.phone for holder in only(found).holders] == ["13800000000", ""]
    assert codes(found) == ["pupil_details"]


ERRORS = [
    ("学校,,room,甲,负责人", "name_missing", "name", ""),
    ("学校,甲室,,甲,负责人", "kind_missing", "kind", ""),
    ("学校,甲室,宇宙飞船,甲,负责人", "kind_unknown", "kind", "宇宙飞船"),
    (f"学校,{'长' * 81},room,甲,负责人", "too_long", "name", "长" * 60),
    (f"学校,甲室,room,{'长' * 41},负责人", "too_long", "responsible", "长" * 41),
    (f"学校,甲室,room,甲,{'长' * 41}", "too_long", "role", "长" * 41),
    ("学校,甲\x07室,room,甲,负责人", "control_characters", "name", "甲\\x07室"),
    ("学校,甲\u202e室,room,甲,负责人", "control_characters", "name", "甲\\x202e室"),
]


@pytest.mark.parametrize(("line", "code", "column", "value"), ERRORS)
def test_an_error_names_sheet_row_column_and_value(line: str, code: str, column: str, value: str) -> None:
    [oddity] = parsed(line).oddities
    assert (oddity.code, oddity.severity) == (code, "error")
    assert (oddity.sheet, oddity.row, oddity.column, oddity.value) == ("学校.csv", 2, column, value)


@pytest.mark.parametrize(
    ("header", "value", "code"),
    [
        ("电话", "1380000000", "phone_bad"),
        ("电话", "13800000000;13900000000", "details_mismatch"),
        ("面积", "很大", "area_bad"),
        ("面积", "-3", "area_bad"),
    ],
)
def test_optional_columns_are_checked_too(header: str, value: str, code: str) -> None:
    found = parsed(f"学校,甲室,room,甲,负责人,{value}", header=f"{HEADER},{header}")
    assert code in [oddity.code for oddity in found.oddities if oddity.severity == "error"]


@pytest.mark.parametrize("cell", ["=1+1", "+甲", "@甲", "-甲"])
def test_what_looks_like_a_formula_is_kept_as_text_and_said(cell: str) -> None:
    found = parsed(f"学校,{cell},room,甲,负责人")
    assert only(found).name == cell
    assert codes(found) == ["formula_text"]


def test_a_bracket_behind_a_persons_name_is_asked_about() -> None:
    found = parsed("学校,甲室,room,张三(代),负责人")
    assert [(oddity.code, oddity.severity) for oddity in found.oddities] == [("person_bracket", "ask")]


MEANINGS = [
    ("组长", "school", "principal", "school"),
    ("组长", "leading_group", "chief", "grid"),
    ("副组长", "leading_group", "vice_head", "school"),
    ("成员", "leading_group", "member", "grid"),
    ("办公室主任", "office", "safety_officer", "school"),
    ("楼总负责", "building", "chief", "grid"),
    ("楼层负责", "floor", "chief", "grid"),
    ("负责人", "room", "keeper", "grid"),
    ("负责人", "outdoor", "chief", "grid"),
    ("总负责人", "canteen", "chief", "grid"),
    ("负责人", "canteen_zone", "chief", "grid"),
    ("班主任", "class", "class_teacher", "grid"),
    ("班长", "class", "pupil", "grid"),
]


@pytest.mark.parametrize(("title", "kind", "role", "reach"), MEANINGS)
def test_what_a_title_means(title: str, kind: str, role: str, reach: str) -> None:
    assert meaning_of(title, kind) == (role, reach, True)


def test_a_title_that_nobody_told_us_about_gives_no_rights() -> None:
    found = parsed("学校,甲室,room,甲,宇航员")
    assert only(found).holders[0].role == "member"
    assert codes(found) == ["title_unknown"]


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("13800000000", "13800000000"),
        ("０１３８", None),
        ("+86 138 0000 0000", "13800000000"),
        ("0971-6123456", "09716123456"),
        ("6123456", "6123456"),
        ("abc", None),
    ],
)
def test_phone_numbers(cell: str, number: str | None) -> None:
    assert cells.phone_number(cell) == number
