import time

import pytest

from portal.core.actors import SYSTEM
from portal.core.database import execute, fetch_column, fetch_value, unit_of_work
from portal.core.ids import digest
from portal.core.refusals import Conflict, NotFound, Refused
from portal.grids.services import make_grid, make_organisation
from portal.importing import services
from portal.importing.answers import RENAME, Answers
from portal.importing.hanging import references, target_of
from portal.importing.queries import Made, batch_row, made_by, preview_of, recent_batches, schools_to_import
from portal.importing.queueing import queue_import, react_to_queued, run_queued_import, run_waiting_imports
from portal.importing.services import apply_import, stage_import, throw_away_import, undo_import
from portal.people.services import make_person, make_post, make_school
from tests.cast import Cast
from tests.conftest import MovingClock
from tests.importing.files import HEADER, REAL_SCHOOL, table

ALL = ("same_path_other_holders", "same_path_same_holders", "two_heads")
"""The questions of the real school, answered by their codes."""
TABLES = ("grid", "post", "person", "appointment")
SMALL = table("学校,三号楼,building,王楼长,楼总负责", "学校/三号楼,器材室,room,赵大海;钱无忧,负责人")


@pytest.fixture
async def school(database: str, clock: object) -> int:
    bureau = await make_organisation("青云县教育局", kind="bureau", by=SYSTEM)
    return await make_organisation("明德中学", kind="school", bureau_id=bureau, by=SYSTEM)


async def staged(data: bytes, school: int) -> int:
    return await stage_import(data, "表.csv", school_id=school, by=SYSTEM)


async def imported(data: bytes, school: int, answers: tuple[str, ...] = ALL) -> tuple[int, Made]:
    batch_id = await staged(data, school)
    version = (await batch_row(batch_id, by=SYSTEM)).version
    return batch_id, await apply_import(batch_id, version=version, by=SYSTEM, answers=answers)


async def school_digest() -> str:
    """Every row of the tree and the people, but for counters that only go up."""
    rows: list[str] = []
    for name in TABLES:
        for column in await fetch_column(f"SELECT id FROM {name} ORDER BY id"):
            rows.append(f"{name} {column}")
    rows += map(str, await fetch_column("SELECT path FROM grid ORDER BY id"))
    return digest("\n".join(rows))


async def counts() -> list[int]:
    return [await fetch_value(f"SELECT COUNT(*) FROM {name}") for name in TABLES]


async def test_the_real_school_is_imported_whole(school: int) -> None:
    before = await counts()
    batch_id, made = await imported(REAL_SCHOOL.read_bytes(), school)
    assert made == Made(184, 209, 129, 236) == await made_by(batch_id)
    after = await counts()
    assert [b - a for a, b in zip(before, after, strict=True)] == [184, 209, 129, 236]
    wrong = await fetch_value(
        "SELECT COUNT(*) FROM grid g JOIN grid p ON p.id = g.parent_id "
        "WHERE g.path <> p.path || CAST(g.id AS VARCHAR) || '/' OR g.depth <> p.depth + 1 OR g.org_id <> {}", school
    )  # fmt: skip
    assert wrong == 0
    path = await fetch_value("SELECT path FROM grid WHERE name = '生化数字准备室'")
    names = [await fetch_value("SELECT name FROM grid WHERE id = {}", int(part)) for part in path.strip("/").split("/")]
    assert names == ["青云县教育局", "明德中学", "文德楼", "一楼", "生化数字准备室"]
    assert await fetch_value("SELECT COUNT(*) FROM person WHERE kind = 'pupil'") == 21
    assert await fetch_value("SELECT COUNT(*) FROM grid WHERE is_heading") == 2
    whole = (
        "SELECT COUNT(*) FROM post WHERE scope_grid_id = {} AND role IN ('principal', 'vice_head', 'safety_officer')"
    )
    assert await fetch_value(whole, school) == 3
    batch = await batch_row(batch_id, by=SYSTEM)
    assert (batch.state, batch.done, batch.total) == ("applied", 758, 758)
    assert await fetch_value("SELECT plan FROM import_batch WHERE id = {}", batch_id) == ""
    assert (
        await fetch_value("SELECT COUNT(*) FROM event WHERE kind = 'import.applied' AND subject_id = {}", batch_id) == 1
    )


async def test_the_same_file_twice_does_nothing_the_second_time(school: int) -> None:
    await imported(REAL_SCHOOL.read_bytes(), school)
    again = await staged(REAL_SCHOOL.read_bytes(), school)
    batch = await batch_row(again, by=SYSTEM)
    preview = await preview_of(batch)
    assert preview is not None
    assert preview.plan.total == 0
    assert not {"holder_differs", "kind_differs"} & {oddity.code for oddity in preview.plan.oddities}
    with pytest.raises(Refused, match=r"import\.nothing_to_do"):
        await apply_import(again, version=batch.version, by=SYSTEM, answers=ALL)


async def test_nothing_is_written_before_every_question_is_answered(school: int) -> None:
    before = await counts()
    batch_id = await staged(REAL_SCHOOL.read_bytes(), school)
    with pytest.raises(Refused) as caught:
        await apply_import(batch_id, version=1, by=SYSTEM, answers=["two_heads"])
    assert (caught.value.code, caught.value.params) == ("import.questions_open", {"count": 2})
    assert await counts() == before


async def test_the_second_room_of_one_name_may_take_the_suggested_name(school: int) -> None:
    batch_id = await staged(REAL_SCHOOL.read_bytes(), school)
    preview = await preview_of(await batch_row(batch_id, by=SYSTEM))
    assert preview is not None
    [question] = [q for q in preview.plan.questions if q.code == "same_path_same_holders"]
    answers = [RENAME + question.id, "same_path_other_holders", "two_heads"]
    made = await apply_import(batch_id, version=1, by=SYSTEM, answers=answers)
    assert made.grids == 184
    rooms = await fetch_column("SELECT name FROM grid WHERE name LIKE '通用技术教室%' ORDER BY sort")
    assert rooms == ["通用技术教室(1)", "通用技术教室(2)"]


async def test_undo_brings_back_what_was_there_before(school: int) -> None:
    await make_grid("老楼", kind="building", parent_id=school, by=SYSTEM)
    before = await school_digest()
    batch_id, _ = await imported(REAL_SCHOOL.read_bytes(), school)
    assert await school_digest() != before
    await undo_import(batch_id, version=(await batch_row(batch_id, by=SYSTEM)).version, by=SYSTEM)
    assert await school_digest() == before
    assert (await batch_row(batch_id, by=SYSTEM)).state == "undone"
    assert (
        await fetch_value("SELECT COUNT(*) FROM event WHERE kind = 'import.undone' AND subject_id = {}", batch_id) == 1
    )
    assert (await imported(REAL_SCHOOL.read_bytes(), school))[1] == Made(184, 209, 129, 236)


async def test_undo_is_refused_once_something_hangs_on_it(school: int) -> None:
    batch_id, _ = await imported(SMALL, school, ())
    version = (await batch_row(batch_id, by=SYSTEM)).version
    building = await fetch_value("SELECT id FROM grid WHERE name = '三号楼'")
    room = await make_grid("新房间", kind="room", parent_id=building, by=SYSTEM)
    await make_post("负责人", role="keeper", grid_id=room, by=SYSTEM)
    before = await counts()
    with pytest.raises(Refused) as caught:
        await undo_import(batch_id, version=version, by=SYSTEM)
    assert (caught.value.code, caught.value.params["hanging"]) == ("import.undo_blocked", {"grid": 1})
    await execute("UPDATE grid SET name = '改过', version = version + 1 WHERE id = {}", building)
    with pytest.raises(Refused) as caught:
        await undo_import(batch_id, version=version, by=SYSTEM)
    assert caught.value.params["hanging"] == {"grid": 1, "changed": 1}
    assert await counts() == before


async def test_undo_is_for_applied_batches_only_and_only_once(school: int) -> None:
    waiting = await staged(SMALL, school)
    with pytest.raises(Refused, match=r"import\.not_applied"):
        await undo_import(waiting, version=1, by=SYSTEM)
    batch_id, _ = await imported(SMALL, school, ())
    version = (await batch_row(batch_id, by=SYSTEM)).version
    await undo_import(batch_id, version=version, by=SYSTEM)
    with pytest.raises(Refused, match=r"import\.not_applied"):
        await undo_import(batch_id, version=version, by=SYSTEM)


async def test_a_vacant_post_is_filled_and_another_holder_is_left_alone(school: int) -> None:
    await imported(table("学校,甲区,outdoor,,负责人", "学校,乙区,outdoor,孙老师,负责人"), school, ())
    second = table("学校,甲区,outdoor,周老师,负责人", "学校,乙区,outdoor,周老师,负责人")
    batch_id = await staged(second, school)
    preview = await preview_of(await batch_row(batch_id, by=SYSTEM))
    assert preview is not None
    assert [(o.code, o.row, o.value, o.params) for o in preview.plan.oddities] == [
        ("holder_differs", 3, "周老师", {"now": "孙老师"})
    ]
    made = await apply_import(batch_id, version=1, by=SYSTEM)
    assert made == Made(0, 0, 1, 1)


async def test_people_who_are_there_are_not_made_again(school: int) -> None:
    known = await make_person("王楼长", org_id=school, by=SYSTEM)
    _, made = await imported(SMALL, school, ())
    assert made.people == 2
    post = await fetch_value("SELECT id FROM post WHERE title = '楼总负责'")
    assert await fetch_value("SELECT person_id FROM appointment WHERE post_id = {}", post) == known


async def test_phones_are_sealed_in_the_register_and_in_the_waiting_batch(school: int) -> None:
    data = table("学校,甲区,outdoor,周老师,负责人,13812345678", header=HEADER + ",电话")
    batch_id = await staged(data, school)
    kept = await fetch_value("SELECT plan FROM import_batch WHERE id = {}", batch_id)
    assert "周老师" not in kept
    assert "13812345678" not in kept
    await apply_import(batch_id, version=1, by=SYSTEM)
    assert await fetch_value("SELECT phone_tail FROM person WHERE name = '周老师'") == "5678"
    assert "13812345678" not in await fetch_value("SELECT phone_sealed FROM person WHERE name = '周老师'")


async def test_a_class_with_a_place_is_linked_to_its_room(school: int) -> None:
    header = HEADER + ",所在教室"
    lines = [
        "学校,甲楼,building,王,楼总负责,",
        "学校/甲楼,201,room,李,负责人,",
        "学校,高一1班,class,赵;钱,班主任;班长,甲楼/201",
    ]
    await imported(table(*lines, header=header), school, ())
    room = await fetch_value("SELECT id FROM grid WHERE name = '201'")
    assert await fetch_value("SELECT place_id FROM grid WHERE name = '高一1班'") == room


def five_thousand(bad: bool = False) -> bytes:
    lines = [f"学校,{n}号楼,building,楼长{n:03},楼总负责" for n in range(50)]
    lines += [f"学校/{n % 50}号楼,房间{n:04},room,教师{n % 1500:04},负责人" for n in range(4_949)]
    lines.append("学校/51号楼,最后一间,room,教师0001,负责人" if bad else "学校/1号楼,最后一间,room,教师0001,负责人")
    return table(*lines)


async def test_one_bad_row_in_five_thousand_writes_nothing_and_is_named(school: int) -> None:
    before, mark = await counts(), await school_digest()
    batch_id = await staged(five_thousand(bad=True), school)
    with pytest.raises(Refused) as caught:
        await apply_import(batch_id, version=1, by=SYSTEM, answers=["look_alike"])
    assert (caught.value.code, caught.value.params) == ("import.has_errors", {"count": 1})
    assert (await counts(), await school_digest()) == (before, mark)
    preview = await preview_of(await batch_row(batch_id, by=SYSTEM))
    assert preview is not None
    [error] = preview.plan.errors
    assert (error.sheet, error.row, error.column, error.value) == ("表.csv", 5_001, "parent_path", "学校/51号楼")
    print("5,000 rows with 1 bad one: 0 rows written")


async def test_five_thousand_rows_go_in_and_out_in_seconds(school: int) -> None:
    before = await school_digest()
    worked, started = time.process_time(), time.monotonic()
    batch_id = await staged(five_thousand(), school)
    read = time.monotonic()
    made = await apply_import(batch_id, version=1, by=SYSTEM)
    worked, written = time.process_time() - worked, time.monotonic()
    version = (await batch_row(batch_id, by=SYSTEM)).version
    await undo_import(batch_id, version=version, by=SYSTEM)
    undone = time.monotonic()
    print(f"5,000 rows: stage {read - started:.2f} s, apply {written - read:.2f} s, undo {undone - written:.2f} s")
    assert made == Made(5_000, 5_000, 1_550, 5_000)
    assert worked < 10  # of our own work: what else runs on this machine is nobody's fault
    assert await school_digest() == before


async def test_progress_is_seen_from_outside_while_it_runs(school: int, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    write = services._progress

    async def watched(batch_id: int, done: int) -> None:
        await write(batch_id, done)
        seen.append((await batch_row(batch_id, by=SYSTEM)).done)

    monkeypatch.setattr(services, "_progress", watched)
    await imported(five_thousand(), school, ())
    assert seen == [500, 1000, 1500, 1550]


async def test_the_worker_imports_what_was_queued_once(cast: Cast) -> None:
    safety = await cast.actor(cast.safety)
    batch_id = await stage_import(SMALL, "表.csv", school_id=cast.school, by=safety)
    await queue_import(batch_id, version=1, by=safety)
    assert (await batch_row(batch_id, by=safety)).state == "queued"
    assert await fetch_value("SELECT payload FROM outbox WHERE kind = 'import.queued'") == f'{{"batch": {batch_id}}}'
    await run_queued_import(batch_id)
    await run_queued_import(batch_id)
    assert (await batch_row(batch_id, by=safety)).state == "applied"
    assert await made_by(batch_id) == Made(2, 2, 3, 3)
    actor, via = (
        await fetch_value("SELECT actor_id FROM event WHERE kind = 'import.applied'"),
        await fetch_value("SELECT via FROM event WHERE kind = 'import.applied'"),
    )
    assert (actor, via) == (cast.safety, "worker")


async def test_an_import_whose_process_died_is_done_by_the_clock(cast: Cast, clock: MovingClock) -> None:
    safety = await cast.actor(cast.safety)
    batch_id = await stage_import(SMALL, "表.csv", school_id=cast.school, by=safety)
    await queue_import(batch_id, version=1, by=safety)
    batch = await batch_row(batch_id, by=safety)
    await services._claim(batch, batch.version, Answers.load(batch.answers), 10)  # ... and dies
    assert await run_waiting_imports() == 0
    clock.forward(minutes=6)
    assert await run_waiting_imports() == 1
    assert (await batch_row(batch_id, by=safety)).state == "applied"
    assert await run_waiting_imports() == 0


async def test_the_outbox_entry_is_answered_after_its_own_unit(cast: Cast) -> None:
    safety = await cast.actor(cast.safety)
    batch_id = await stage_import(SMALL, "表.csv", school_id=cast.school, by=safety)
    await queue_import(batch_id, version=1, by=safety)
    async with unit_of_work():
        await react_to_queued(batch_id)
        assert (await batch_row(batch_id, by=safety)).state == "queued"
    assert (await batch_row(batch_id, by=safety)).state == "applied"


async def test_a_school_that_changed_since_the_preview_is_looked_at_again(cast: Cast) -> None:
    safety = await cast.actor(cast.safety)
    batch_id = await stage_import(SMALL, "表.csv", school_id=cast.school, by=safety)
    preview = await preview_of(await batch_row(batch_id, by=safety))
    assert preview is not None
    await make_person("王楼长", org_id=cast.school, by=SYSTEM)
    with pytest.raises(Conflict, match=r"import\.school_changed"):
        await apply_import(batch_id, version=1, by=safety, seen=preview.mark)
    await queue_import(batch_id, version=1, by=safety)
    assert (await batch_row(batch_id, by=safety)).state == "queued"


async def test_a_queued_import_that_can_no_longer_be_done_says_why(cast: Cast) -> None:
    safety = await cast.actor(cast.safety)
    batch_id = await stage_import(SMALL, "表.csv", school_id=cast.school, by=safety)
    await queue_import(batch_id, version=1, by=safety)
    await execute("UPDATE appointment SET ends_at = starts_at WHERE person_id = {}", cast.safety)
    await run_queued_import(batch_id)
    batch = await batch_row(batch_id, by=SYSTEM)
    assert (batch.state, batch.failure) == ("failed", ("core.not_found", {}))


async def test_a_fault_in_the_middle_leaves_nothing_and_says_so(school: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.importing import writing

    before = await school_digest()

    async def broken(self: writing.Writer) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(writing.Writer, "_write_appointments", broken)
    batch_id = await staged(SMALL, school)
    with pytest.raises(OSError, match="disk"):
        await apply_import(batch_id, version=1, by=SYSTEM)
    assert await school_digest() == before
    batch = await batch_row(batch_id, by=SYSTEM)
    assert (batch.state, batch.failure) == ("failed", ("import.failed", {}))
    monkeypatch.undo()
    await apply_import(batch_id, version=batch.version, by=SYSTEM)
    assert await made_by(batch_id) == Made(2, 2, 3, 3)


async def test_the_second_of_two_who_import_at_once_is_refused(school: int) -> None:
    batch_id = await staged(SMALL, school)
    await apply_import(batch_id, version=1, by=SYSTEM)
    with pytest.raises(Refused):
        await apply_import(batch_id, version=1, by=SYSTEM)
    assert await made_by(batch_id) == Made(2, 2, 3, 3)


async def test_thrown_away_is_gone(school: int) -> None:
    batch_id = await staged(SMALL, school)
    await throw_away_import(batch_id, version=1, by=SYSTEM)
    with pytest.raises(NotFound):
        await batch_row(batch_id, by=SYSTEM)
    applied, _ = await imported(SMALL, school, ())
    with pytest.raises(Refused, match=r"import\.not_waiting"):
        await throw_away_import(applied, version=3, by=SYSTEM)


async def test_nobody_of_another_school_sees_or_touches_a_batch(cast: Cast) -> None:
    safety, other = await cast.actor(cast.safety), await cast.actor(cast.other_safety)
    teacher, bureau = await cast.actor(cast.teacher), await cast.actor(cast.bureau_officer)
    batch_id = await stage_import(SMALL, "表.csv", school_id=cast.school, by=safety)
    assert [batch.id for batch in await recent_batches(by=safety)] == [batch_id]
    assert [batch.id for batch in await recent_batches(by=bureau)] == [batch_id]
    for stranger in (other, teacher):
        assert await recent_batches(by=stranger) == []
        with pytest.raises(NotFound):
            await stage_import(SMALL, "表.csv", school_id=cast.school, by=stranger)
        for act in (apply_import, undo_import, queue_import, throw_away_import):
            with pytest.raises(NotFound):
                await act(batch_id, version=1, by=stranger)
    assert [school.name for school in await schools_to_import(by=bureau)] == ["启智小学", "明德中学"]
    assert [school.id for school in await schools_to_import(by=other)] == [cast.other_school]


def test_every_column_that_names_something_is_known_to_undo() -> None:
    from portal.piccolo_app import APP_CONFIG

    unknown = [
        f"{table._meta.tablename}.{column._meta.name}"
        for table in APP_CONFIG.table_classes
        for column in table._meta.columns
        if column._meta.name.endswith(("_id", "_by")) and target_of(column._meta.name) is None
    ]
    assert unknown == []
    found = {(each.table, each.column) for each in references(list(APP_CONFIG.table_classes))}
    assert {
        ("hazard", "grid_id"),
        ("account", "person_id"),
        ("appointment", "post_id"),
        ("post", "scope_grid_id"),
    } <= found
    assert {("grid", "place_id"), ("grid", "parent_id"), ("hazard", "responsible_person_id")} <= found


HEADS = ("学校,领导组,leading_group,甄安全;甄图书,副校长;副校长", "学校,信息楼,building,甄安全,楼总负责")


async def _heads_of_the_file(cast: Cast) -> list[tuple[str, str]]:
    """Who holds what in the grids of the file."""
    rows = await fetch_column(
        "SELECT p.title || ':' || s.name FROM appointment a JOIN post p ON p.id = a.post_id "
        "JOIN person s ON s.id = a.person_id WHERE a.import_batch_id IS NOT NULL ORDER BY a.id"
    )
    return [tuple(row.split(":")) for row in rows]


async def test_nobody_makes_themselves_a_head_by_an_import(cast: Cast) -> None:
    safety = await cast.actor(cast.safety)
    batch_id = await stage_import(table(*HEADS), "表.csv", school_id=cast.school, by=safety)
    preview = await preview_of(await batch_row(batch_id, by=safety), by=safety)
    assert preview is not None
    [note] = preview.plan.left_vacant
    assert (note.code, note.severity, note.row, note.value) == ("own_rights", "note", 2, "副校长")
    made = await apply_import(batch_id, version=1, by=safety, seen=preview.mark)
    assert (made.posts, made.appointments) == (2, 2), "the rest goes in"
    assert await _heads_of_the_file(cast) == [("副校长", "甄图书"), ("楼总负责", "甄安全")]
    assert await fetch_value(
        "SELECT a.is_primary FROM appointment a JOIN post p ON p.id = a.post_id "
        "WHERE p.title = '副校长' AND a.import_batch_id IS NOT NULL"
    ), "whoever is left comes first"
    batch = await batch_row(batch_id, by=safety)
    assert Answers.load(batch.answers).left_vacant == (note,), "the result says so too"
    assert not {"vice_head", "principal"} & (await cast.actor(cast.safety)).roles


async def test_a_vacant_post_of_a_head_is_not_filled_with_the_importer(cast: Cast) -> None:
    title = await make_post("副书记", role="vice_head", grid_id=cast.office, scope_grid_id=cast.school, by=SYSTEM)
    safety = await cast.actor(cast.safety)
    lines = ("学校,政治处,office,甄安全,副书记", "学校,信息楼,building,甄楼长,楼总负责")
    batch_id = await stage_import(table(*lines), "表.csv", school_id=cast.school, by=safety)
    await apply_import(batch_id, version=1, by=safety)
    assert await fetch_value("SELECT count(*) FROM appointment WHERE post_id = {}", title) == 0
    assert await _heads_of_the_file(cast) == [("楼总负责", "甄楼长")]


async def test_a_second_principal_is_not_imported_by_the_school(cast: Cast) -> None:
    lines = (",明德中学,school,甄图书,第一责任人",)
    left: list[tuple[str, ...]] = []
    for person in (cast.safety, cast.bureau_officer):
        by = await cast.actor(person)
        batch_id = await stage_import(table(*lines), "表.csv", school_id=cast.school, by=by)
        preview = await preview_of(await batch_row(batch_id, by=by), by=by)
        assert preview is not None
        left.append(tuple(note.code for note in preview.plan.left_vacant))
        await throw_away_import(batch_id, version=1, by=by)
    assert left == [("principal_by_bureau",), ()]
    assert await _first_import(cast) == Made(0, 1, 1, 1), "the first one it may enter"


async def _first_import(cast: Cast) -> Made:
    """The first import of a school that has a safety officer and no principal, by that officer."""
    school = await make_school(
        "云岭小学", bureau_id=cast.bureau, duty_phone="0000-0000000", officer="甄一人", officer_title="主任", by=SYSTEM
    )  # fmt: skip
    officer = await cast.actor(school.person_id)
    data = table(",云岭小学,school,甄新长,校长")
    batch_id = await stage_import(data, "表.csv", school_id=school.school_id, by=officer)
    return await apply_import(batch_id, version=1, by=officer)


async def test_the_worker_keeps_to_the_rule_and_the_command_stands_above_it(cast: Cast) -> None:
    safety = await cast.actor(cast.safety)
    batch_id = await stage_import(table(*HEADS), "表.csv", school_id=cast.school, by=safety)
    await queue_import(batch_id, version=1, by=safety)
    await run_queued_import(batch_id)
    assert await _heads_of_the_file(cast) == [("副校长", "甄图书"), ("楼总负责", "甄安全")]
    await undo_import(batch_id, version=(await batch_row(batch_id, by=SYSTEM)).version, by=SYSTEM)
    batch_id, _ = await imported(table(*HEADS), cast.school)
    assert await _heads_of_the_file(cast) == [("副校长", "甄安全"), ("副校长", "甄图书"), ("楼总负责", "甄安全")]
