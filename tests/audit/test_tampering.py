"""Nobody alters the trail unseen: mutations, cuts, rewrites, erased people; and 50 writers leave one straight chain."""

import asyncio
import json
import random
import time
from pathlib import Path

import pytest

from portal.audit import anchors, command
from portal.audit.catalogue import HazardNoted
from portal.audit.queries import history_of, verify_chain
from portal.audit.services import record_event
from portal.audit.texts import first_altered_text
from portal.core.actors import SYSTEM
from portal.core.clock import today
from portal.core.database import execute, fetch_column, fetch_value, is_postgres, unit_of_work
from portal.settings import Settings
from tasks.anchors import anchor_heads
from tests.audit.long_chain import ORG, chain, named, spoil, unlock, write
from tests.cast import Cast
from tests.conftest import MovingClock


def mutate(length: int, mutations: int) -> str:
    """Spoils a chain again and again, each time afresh; the verifier must name the first bad row each time."""
    events, chance, kinds = chain(length), random.Random(length), dict[str, int]()
    window = 200
    while sum(kinds.values()) < mutations:
        start = chance.randrange(max(1, length - window))
        part = events[start : start + window]
        spoilt, first_bad, what = spoil(part, chance)
        if spoilt == part:
            continue  # a sign was replaced by itself
        found = named(part, spoilt)
        assert found is not None, what
        assert found.seq == first_bad, (what, found, first_bad)
        kinds[what] = kinds.get(what, 0) + 1
    return (
        f"TT1: {mutations} mutations of a log of {length} rows, all found, the first bad row named each time: {kinds}"
    )


def test_three_hundred_mutations_of_a_log_are_found_and_named() -> None:
    print(mutate(3_000, 300))


@pytest.mark.faults
def test_ten_thousand_mutations_of_a_hundred_thousand_rows_are_found_and_named() -> None:
    print(mutate(100_000, 10_000))


async def test_the_command_names_the_first_bad_row_in_the_database(
    cast: Cast, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    await write(chain(500))
    assert await command.report([]) == 0
    await unlock(postgres=is_postgres())
    await execute("UPDATE event SET actor_id = 5 WHERE org_id = {} AND seq = 321", ORG)
    await execute("UPDATE event SET via = 'cli' WHERE org_id = {} AND seq = 400", ORG)
    capsys.readouterr()
    assert await command.report([]) == 1
    said = capsys.readouterr().out
    assert "321" in said and "400" not in said and "明德中学" in said


@pytest.mark.parametrize("what", ["delete a row", "delete the head", "delete a school's whole history", "alter a text"])
async def test_other_damage_is_found_too(cast: Cast, what: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert await command.report([]) == 0
    await unlock(postgres=is_postgres())
    school = cast.school
    match what:
        case "delete a row":
            await execute("DELETE FROM event WHERE org_id = {} AND seq = 7", school)
        case "delete the head":
            await execute("DELETE FROM chain_head WHERE org_id = {}", school)
        case "delete a school's whole history":
            await execute("DELETE FROM event_text WHERE event_id IN (SELECT id FROM event WHERE org_id = {})", school)
            await execute("DELETE FROM event WHERE org_id = {}", school)
            await execute("DELETE FROM chain_head WHERE org_id = {}", school)
        case _:
            await execute(
                "UPDATE event_text SET body = 'x' WHERE id = (SELECT max(t.id) FROM event_text t JOIN event e "
                "ON e.id = t.event_id WHERE e.org_id = {})",
                school,
            )
    assert await command.report([]) == 1
    assert "BAD" in capsys.readouterr().out


async def test_a_cut_tail_and_a_full_rewrite_are_found_by_the_anchor_outside(
    cast: Cast, settings: Settings, clock: MovingClock, capsys: pytest.CaptureFixture[str]
) -> None:
    count = await anchor_heads(settings, clock.at)
    assert count == 3 and await anchor_heads(settings, clock.at) == 0
    file = settings.anchor_file
    assert file is not None and file.stat().st_mode & 0o777 == 0o600
    heads = anchors.read_heads(file.read_text())
    await unlock(postgres=is_postgres())
    await execute("DELETE FROM anchor")  # the attacker knows this table, not the file
    seq = await fetch_value("SELECT seq FROM chain_head WHERE org_id = {}", cast.school)
    await execute("DELETE FROM event_text")
    await execute("DELETE FROM event WHERE org_id = {} AND seq > {}", cast.school, seq - 3)
    await execute(
        "UPDATE chain_head SET seq = {}, hash = (SELECT hash FROM event WHERE org_id = {} AND seq = {}) "
        "WHERE org_id = {}",
        seq - 3, cast.school, seq - 3, cast.school,
    )  # fmt: skip
    assert await verify_chain(cast.school) is None, "the chain alone cannot see it"
    assert await command.report([]) == 0
    assert await command.report(heads) == 1
    await execute("DELETE FROM event WHERE org_id = {}", cast.other_school)
    rewritten = chain(
        int(await fetch_value("SELECT seq FROM chain_head WHERE org_id = {}", cast.other_school)),
        org_id=cast.other_school,
    )
    await write(rewritten)
    assert await verify_chain(cast.other_school) is None
    found = {broken.org_id: broken.reason for broken in await anchors.against_heads(heads)}
    assert found == {cast.school: "cut", cast.other_school: "rewritten"}


async def cuts_and_rewrites(cast: Cast, doses: int) -> str:
    events = chain(2_000)
    await unlock(postgres=is_postgres())
    chance, found = random.Random(1), 0
    for _ in range(doses):
        anchored = chance.randrange(100, 2_000)
        head = anchors.Head(ORG, anchored, events[anchored - 1].hash)
        if chance.random() < 0.5:
            kept = events[: chance.randrange(1, anchored)]
        else:
            place = chance.randrange(anchored)
            kept = [*events[:place], *_anew(events[place:], events[place].prev_hash)]
        await execute("DELETE FROM event WHERE org_id = {}", ORG)
        await write(kept)
        assert await verify_chain(ORG) is None
        found += len(await anchors.against_heads([head]))
    return f"TT2: {found} of {doses} tail cuts and rewrites found by the head kept outside"


def _anew(events: list, prev: str) -> list:
    from portal.audit.rules import event_hash

    made = []
    for event in events:
        row = event._replace(via="cli", prev_hash=prev)
        made.append(row._replace(hash=event_hash(prev, row[:-2])))
        prev = made[-1].hash
    return made


async def test_cuts_and_rewrites_in_a_small_dose(cast: Cast) -> None:
    said = await cuts_and_rewrites(cast, 3)
    assert said.startswith("TT2: 3 of 3")
    print(said)


@pytest.mark.faults
@pytest.mark.timeout(900)
async def test_five_hundred_cuts_and_rewrites(cast: Cast) -> None:
    said = await cuts_and_rewrites(cast, 250)  # on each of two databases
    assert said.startswith("TT2: 250 of 250")
    print(said)


async def test_an_anchor_file_with_a_torn_end_still_counts(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "heads.jsonl"
    tell = anchors.to_file(path)
    await tell([anchors.line_of(anchors.Head(1, 5, "aa"), today())])
    with path.open("a") as file:
        file.write('{"day": "2026-11-2')  # the machine went down here
    await tell([anchors.line_of(anchors.Head(1, 9, "bb"), today())])
    assert anchors.read_heads(path.read_text()) == [anchors.Head(1, 5, "aa"), anchors.Head(1, 9, "bb")]
    assert json.loads(path.read_text().splitlines()[0])["day"]


async def test_fifty_writers_leave_one_straight_chain(cast: Cast) -> None:
    start = await fetch_value("SELECT seq FROM chain_head WHERE org_id = {}", cast.school)

    async def write_one(number: int) -> None:
        for _ in range(4):
            async with unit_of_work():
                await record_event(
                    HazardNoted(fields=("note",)),
                    org_id=cast.school,
                    subject_id=number,
                    by=SYSTEM,
                    texts={"note": str(number)},
                )

    began = time.monotonic()
    await asyncio.gather(*(write_one(number) for number in range(50)))
    seqs = await fetch_column("SELECT seq FROM event WHERE org_id = {} AND seq > {} ORDER BY seq", cast.school, start)
    assert seqs == list(range(start + 1, start + 201))
    assert (
        await fetch_value("SELECT count(DISTINCT prev_hash) FROM event WHERE org_id = {}", cast.school) == start + 200
    )
    assert await verify_chain(cast.school) is None
    print(f"TT1: 50 writers, 200 events, 0 forks, 0 gaps, {200 / (time.monotonic() - began):.0f} events/s")


async def test_an_erased_person_leaves_the_chain_whole_and_their_name_nowhere_in_it(cast: Cast) -> None:
    name = "甄实验"
    async with unit_of_work():
        await record_event(
            HazardNoted(fields=("note",)), org_id=cast.school, subject_id=1, by=await cast.actor(cast.keeper),
            texts={"note": f"{name}：电话 13800000000，已经修好"},
        )  # fmt: skip
    [line] = await history_of("hazard", 1)
    assert name in json.loads(line.texts or "{}")["note"], "there is something to erase"
    await execute(
        "UPDATE person SET name = '已删除', phone_sealed = NULL, email_sealed = NULL WHERE id = {}", cast.keeper
    )
    await execute("DELETE FROM event_text WHERE event_id IN (SELECT id FROM event WHERE actor_id = {})", cast.keeper)
    assert await verify_chain(cast.school) is None and await first_altered_text(cast.school) is None
    columns = "kind, subject_kind, via, details, hash, prev_hash"
    everything = [
        str(row) for column in columns.split(", ") for row in await fetch_column(f"SELECT {column} FROM event")
    ]
    assert not [text for text in everything if name in text or "13800000000" in text]
    assert not [body for body in await fetch_column("SELECT body FROM event_text") if name in body]


async def speed(length: int) -> str:
    await write(chain(length))
    began = time.monotonic()
    assert await verify_chain(ORG) is None
    seconds = time.monotonic() - began
    return f"TT5: {length} rows verified in {seconds:.1f} s ({length / seconds:.0f} rows/s)"


async def test_a_check_of_ten_thousand_rows_is_quick(cast: Cast) -> None:
    began = time.monotonic()
    print(await speed(10_000))
    assert time.monotonic() - began < 30


@pytest.mark.faults
@pytest.mark.timeout(900)
async def test_a_million_rows_are_checked_within_a_minute(cast: Cast) -> None:
    said = await speed(1_000_000)
    print(said)
    assert float(said.split(" in ")[1].split(" s")[0]) <= 60
