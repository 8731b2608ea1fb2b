"""`make bench`: measures, prints a table, and exits with 1 when a figure misses what it has to reach.

`--quick` for a look of a minute; `--only cpu,size` for some sections; `--write docs/performance.md` puts the table there.
"""

import argparse
import asyncio
import os
import platform
import sys
import time
from pathlib import Path

from portal.core.database import close_database, execute, is_postgres, open_database
from tests.bench.coverage import coverage
from tests.bench.duty import drafting, no_hole, on_duty_now
from tests.bench.letters import letters
from tests.bench.measures import Row, a_million, many_people, memory, processor, sizes, statements
from tests.bench.public import crowd, public_boards
from tests.bench.world import cards_to_move, folder, postgres, world
from tests.hazards.bulk import closed_cards

SECTIONS = ("cpu", "size", "public", "sql", "coverage", "duty", "letters", "memory", "crowd", "people", "million")
BEGIN, END = "<!-- figures: written by make bench -->", "<!-- end of figures -->"


def main() -> int:
    """Runs the sections that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small doses: shows that it runs, proves nothing")
    parser.add_argument(
        "--only", default=",".join(SECTIONS), help="sections, separated by commas: " + ", ".join(SECTIONS)
    )
    parser.add_argument(
        "--write", type=Path, metavar="FILE", help="put the table into this file, between its two marks"
    )
    given = parser.parse_args()
    began = time.monotonic()
    wanted = set(given.only.split(","))
    rows = asyncio.run(measure(wanted, quick=given.quick))
    text = table(rows)
    print(f"\n{text}\n\n{machine()}; {time.monotonic() - began:.0f} s")
    if given.write:
        kept = rows_in(given.write.read_text()) if wanted < set(SECTIONS) else []
        write(given.write, f"{merged(kept, rows)}\n\n{machine()}.")
    return 0 if all(row.met for row in rows) else 1


async def measure(wanted: set[str], *, quick: bool) -> list[Row]:
    """The rows of all sections, each told as soon as it is known."""
    rows: list[Row] = []

    def tell(more: list[Row]) -> None:
        rows.extend(more)
        for row in more:
            print(
                f"{'met   ' if row.met else 'MISSED'} {row.measure}: {row.figure} (to reach {row.wanted}) {row.floor}",
                flush=True,
            )

    with folder() as where:
        async with world(f"sqlite:///{where / 'a' / 'anwang.db'}", _made(where / "a")) as small:
            if "cpu" in wanted:
                tell(await processor(small, times=100 if quick else 400))
            if "size" in wanted:
                tell(await sizes(small))
            if "public" in wanted:
                tell(await public_boards(small, times=100 if quick else 400))
            await cards_to_move(small)
            if "sql" in wanted:
                tell(await statements(small))
            if "memory" in wanted:
                tell(await memory(small))
            if "crowd" in wanted:
                tell(await crowd(small, seconds=10 if quick else 60))
            if "people" in wanted:
                tell(await many_people(small, seconds=4 if quick else 20, floor_seconds=4 if quick else 10))
        if "coverage" in wanted:
            async with world(f"sqlite:///{where / 'c' / 'anwang.db'}", _made(where / "c")) as whole:
                tell(await coverage(whole, schools=20 if quick else 200))
        if "duty" in wanted:
            async with world(f"sqlite:///{where / 'd' / 'anwang.db'}", _made(where / "d")) as whole:
                tell(await drafting(whole))
                tell(await on_duty_now(whole, times=100 if quick else 400))
                tell(await no_hole(whole, schools=10 if quick else 200))
        if "letters" in wanted:
            async with world(f"sqlite:///{where / 'l' / 'anwang.db'}", _made(where / "l")) as whole:
                tell(await letters(whole, quick=quick))
        if "million" in wanted:
            tell(await _million(where, f"sqlite:///{where}/{{}}/anwang.db", quick=quick))
        if wanted & {"coverage", "duty", "letters", "people", "million"}:
            with postgres(where) as address:
                if "coverage" in wanted:
                    async with world(address.format("c"), _made(where / "cp")) as whole:
                        tell(await coverage(whole, schools=20 if quick else 200))
                if "duty" in wanted:
                    async with world(address.format("d"), _made(where / "dp")) as whole:
                        tell(await no_hole(whole, schools=10 if quick else 200))
                if "letters" in wanted:
                    async with world(address.format("l"), _made(where / "lp")) as whole:
                        tell(await letters(whole, quick=quick))
                if "people" in wanted:
                    async with world(address.format("a"), _made(where / "p")) as large:
                        await cards_to_move(large)
                        tell(await many_people(large, seconds=4 if quick else 20, floor_seconds=4 if quick else 10))
                if "million" in wanted:
                    tell(await _million(where / "pg-folders", address, quick=quick))
    return rows


async def _million(where: Path, address: str, *, quick: bool) -> list[Row]:
    closed = 50_000 if quick else 1_000_000
    worlds = []
    for name in ("few", "many"):
        async with world(address.format(name), _made(where / name)) as made:
            await cards_to_move(made)
            if name == "many":
                await closed_cards(made.cast.school, made.cast.room, closed)
            await execute("VACUUM ANALYZE" if is_postgres() else "PRAGMA wal_checkpoint(TRUNCATE)")
            worlds.append(made)
    await open_database(worlds[0].url)
    try:
        return await a_million(worlds[0], worlds[1], closed=closed, times=60 if quick else 501)
    finally:
        await close_database()


def _made(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path


HEAD = ["| measure | to reach | floor of the same run | figure | met |", "|---|---|---|---|---|"]


def table(rows: list[Row]) -> str:
    """The rows as Markdown."""
    return "\n".join(HEAD + [_line(row) for row in rows])


def _line(row: Row) -> str:
    return f"| {row.measure} | {row.wanted} | {row.floor} | {row.figure} | {'yes' if row.met else '**no**'} |"


def rows_in(page: str) -> list[str]:
    """The rows of the table that stands on the page."""
    _, _, rest = page.partition(BEGIN)
    lines = rest.partition(END)[0].splitlines()
    return [line for line in lines if line.startswith("| ") and line not in HEAD]


def merged(kept: list[str], rows: list[Row]) -> str:
    """The table with today's rows in the places of the same measures; what was not measured today stays as it was."""
    new = {row.measure: _line(row) for row in rows}
    lines = [new.pop(line.split(" | ")[0].removeprefix("| "), line) for line in kept]
    return "\n".join(HEAD + lines + list(new.values()))


def machine() -> str:
    """The machine in words."""
    return (
        f"{os.cpu_count()} shared cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    )


def write(path: Path, text: str) -> None:
    """Puts the table between the two marks of the file."""
    whole = path.read_text()
    head, _, rest = whole.partition(BEGIN)
    _, _, tail = rest.partition(END)
    path.write_text(f"{head}{BEGIN}\n{text}\n{END}{tail}")


if __name__ == "__main__":
    sys.exit(main())
