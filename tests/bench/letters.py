"""Letters: from a change of person to a draft that can be read; how many a second of one core makes, signs and seals,
against WeasyPrint and pyHanko as they come; a school's whole round."""

import io
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from weasyprint import CSS, HTML

from portal.core.actors import SYSTEM
from portal.core.clock import now, today
from portal.core.database import fetch_column, fetch_value, is_postgres
from portal.core.ids import digest, new_token
from portal.letters import sealing
from portal.letters.document import Duty, LetterText, letter_pdf
from portal.letters.document.paper import LANGUAGE, sheet_of
from portal.letters.sealing import Signing, sign, sign_with_seal
from portal.people.services import make_person
from portal.rendering import pdf
from portal.rendering.environment import render
from portal.rendering.pdf.typeset import SHEETS
from tests.bench.measures import Row
from tests.bench.processes import cpu_seconds, family
from tests.bench.world import World
from tests.faults.letter_parts import DUTIES, ask_for_all, make_school
from tests.faults.parts import Redis, until
from tests.faults.web import Visitor, WebProcess, Wire, sign_in
from tests.letters.document_kit import a_letter
from tests.letters.sealing_kit import INK, MARK, START, School
from tests.letters.sealing_kit import make_school as make_signers
from tests.letters.test_sealing_speed import stock_signer

PEOPLE, ROUND, TURNS, EACH = 20, 200, 5, 4
KB = 1024
FONT_FACE = re.compile(r"@font-face \{[^}]*\}")
LINK = re.compile(r'href="(/letters/\d+)"')
Make = Callable[[int], Awaitable[bytes]]


async def letters(world: World, *, quick: bool) -> list[Row]:
    """All rows. On PostgreSQL only those that a database has to do with."""
    rows = [] if is_postgres() else await _one_core(turns=2 if quick else TURNS)
    rows += await _change_to_draft(world, 4 if quick else PEOPLE)
    return [*rows, await _round(world, 20 if quick else ROUND)]


# -- a second of one core


async def _one_core(*, turns: int) -> list[Row]:
    """In turns with the stock way, each paid by the processor time of this process and of all that it started."""
    school, stock = await make_signers(2), Stock()

    async def whole(number: int) -> bytes:
        return await _signed(school, await letter_pdf(_listed_text(number)))

    async def stock_whole(number: int) -> bytes:
        return await stock.signed(stock.drawn(_listed_text(number)))

    async def fixed(number: int) -> bytes:
        return await letter_pdf(_fixed_text(number))

    async def stock_fixed(number: int) -> bytes:
        return stock.drawn(_fixed_text(number))

    ways = {"whole": whole, "stock whole": stock_whole, "fixed": fixed, "stock fixed": stock_fixed}
    found: list[dict[str, float]] = []
    sizes: dict[str, int] = {}
    for name, way in ways.items():
        sizes[name] = len(await way(0))
    for turn in range(turns):
        found.append({name: await _cost(way, 1 + turn * EACH) for name, way in ways.items()})
    pdf.shutdown()
    sealing.shutdown()
    return [
        _times("A letter made, signed by two and sealed, four of each list of duties, a second and core", found,
               "whole", 3),
        _times("Letters of fixed words (a year's round), made, a second and core", found, "fixed", 10),
        Row("Size of a letter with two signatures and the seal", "≤ 150 KB",
            f"stock {sizes['stock whole'] / KB:.0f} KB, unsigned {sizes['stock fixed'] / KB:.0f} KB",
            f"{sizes['whole'] / KB:.0f} KB, unsigned {sizes['fixed'] / KB:.0f} KB", sizes["whole"] <= 150 * KB),
    ]  # fmt: skip


async def _cost(way: Make, first: int) -> float:
    """Seconds of processor for each letter."""
    before = _spent()
    for number in range(first, first + EACH):
        await way(number)
    return (_spent() - before) / EACH


def _spent() -> float:
    return sum(cpu_seconds(pid) for pid in family(os.getpid()))


def _times(measure: str, turns: list[dict[str, float]], name: str, least: float) -> Row:
    ours, stock = (statistics.median(turn[key] for turn in turns) for key in (name, f"stock {name}"))
    ratio = statistics.median(turn[f"stock {name}"] / turn[name] for turn in turns)
    return Row(
        measure, f"≥ {least:g}×", f"stock settings {1 / stock:.1f}/s ({stock * 1000:.0f} ms)",
        f"{1 / ours:.1f}/s ({ours * 1000:.0f} ms) = {ratio:.1f}×", ratio >= least,
    )  # fmt: skip


def _listed_text(number: int) -> LetterText:
    """A letter of a school's round: four people have the same list of duties, the next four another."""
    text = a_letter("post", **_own(number))
    which = (number - 1) // EACH
    return replace(text, duties=tuple(Duty(f"{one}（第{which}类）", "每天") for one in DUTIES))


def _fixed_text(number: int) -> LetterText:
    """A letter of the year's round: the same words, other names, number and code."""
    return a_letter("yearly", **_own(number))


def _own(number: int) -> dict[str, object]:
    code = digest(str(number))[:32]
    return {
        "number": f"安责〔2026〕{number:04}号", "code": code, "address": f"https://anwang.example/v/{code}",
        "taker": {"unit": "博学楼二楼", "post": "室管员", "name": f"教师{number:03}"},
    }  # fmt: skip


async def _signed(school: School, draft: bytes) -> bytes:
    """By both people and the seal. What a passphrase costs is paid once for all letters, and is not in it."""
    body = draft
    for turn, who in enumerate(school.people, 1):
        signing = Signing(body, f"party_{turn}", START, certify=turn == 1, appearance=INK)
        done = await sign(
            signing, wrapped=who.key.wrapped, secret=who.secret, certificate=who.certificate, chain=school.chain
        )
        body = done.pdf
    seal = Signing(body, "seal", START, lock=True, appearance=MARK, revocations=(school.revocations,))
    return (await sign_with_seal(seal, seal=school.seal, chain=school.chain)).pdf


class Stock:
    """As the tutorials have it: the system's font, all read anew for each document; RSA, parsed anew for each one."""

    def __init__(self) -> None:
        self.css = "\n".join(FONT_FACE.sub("", file.read_text("utf-8")) for file in SHEETS)
        self.signer = stock_signer()

    def drawn(self, text: LetterText) -> bytes:
        made: bytes = HTML(string=render("pdf/letter.html", LANGUAGE, sheet=sheet_of(text))).write_pdf(
            stylesheets=[CSS(string=self.css)]
        )
        return made

    async def signed(self, draft: bytes) -> bytes:
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign.fields import SigFieldSpec, append_signature_field
        from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

        writer, names = IncrementalPdfFileWriter(io.BytesIO(draft)), ("party_1", "party_2", "seal")
        for place, name in enumerate(names):
            append_signature_field(writer, SigFieldSpec(name, box=(60 + 160 * place, 60, 200 + 160 * place, 120)))
        out = io.BytesIO()
        writer.write(out)
        for name in names:
            writer, out = IncrementalPdfFileWriter(out), io.BytesIO()
            meta = PdfSignatureMetadata(field_name=name, certify=name == "party_1")
            await PdfSigner(meta, self.signer).async_sign_pdf(writer, output=out)
        return out.getvalue()


# -- real processes


@dataclass
class Portal:
    """A web process and a worker over one database, and a Redis between them."""

    web: WebProcess
    worker: "subprocess.Popen[bytes]"


@asynccontextmanager
async def _portal(world: World) -> AsyncIterator[Portal]:
    data = world.folder / "redis"
    data.mkdir(exist_ok=True)
    redis = Redis(data).start()
    web = WebProcess(world.folder, world.url, ANWANG_REDIS_URL=redis.url).start()
    with (world.folder / "worker.log").open("ab") as log:
        words = [sys.executable, "-m", "portal", "worker"]
        root = Path(__file__).parents[2]
        worker = subprocess.Popen(words, env=web.environ, cwd=root, stdout=log, stderr=log)
    try:
        await web.ready()

        async def awake() -> bool:
            return bool(await fetch_value("SELECT count(*) FROM worker_beat WHERE name = 'worker'"))

        await until(awake, seconds=60, every=0.1)
        yield Portal(web, worker)
    finally:
        worker.terminate()
        worker.wait(40)
        web.stop()
        redis.kill()


async def _change_to_draft(world: World, people: int) -> list[Row]:
    """Over HTTP: the principal announces somebody's new post; from then until they can open the file of their letter."""
    school = await make_school(people + 1)
    posts = await fetch_column("SELECT id FROM post WHERE org_id = {} AND role = 'keeper' ORDER BY id", school.id)
    head = await sign_in(school.principal)
    joiners = [await sign_in(await make_person(f"新人{n:03}", org_id=school.id, by=SYSTEM)) for n in range(people + 1)]
    took = []
    async with _portal(world) as portal, Wire(portal.web.port, head.cookie) as wire:
        for joiner, post in zip(joiners, posts, strict=True):
            began = time.perf_counter()
            await _announce(wire, head, joiner, post)
            await _draft_of(portal.web.port, joiner)
            took.append(time.perf_counter() - began)
    first, rest = took[0], sorted(took[1:])
    most = rest[-(-len(rest) * 95 // 100) - 1]
    kind = "PostgreSQL" if is_postgres() else "SQLite"
    return [
        Row(f"A change of person, until the draft of the letter can be read, {kind}", "< 5 s",
            f"{len(rest)} changes over HTTP; the first after the start {first:.1f} s",
            f"p50 {statistics.median(rest):.2f} s, p95 {most:.2f} s", max(most, first) < 5),
    ]  # fmt: skip


async def _announce(wire: Wire, head: Visitor, joiner: Visitor, post: int) -> None:
    day = today()
    fields = {
        "kind": "joining", "person": joiner.person_id, "announced_on": day.isoformat(),
        "handover_on": (day + timedelta(days=2)).isoformat(), "take-0": post, "take_as-0": "replace",
        "key": new_token()[:40], "_csrf_token": head.token,
    }  # fmt: skip
    answer = await wire.post("/changes", fields)
    assert answer.status == 303, answer.text[-3000:]


async def _draft_of(port: int, joiner: Visitor) -> None:
    """Looks at the list until the letter is there, at the letter until its file is there, and opens it."""
    async with Wire(port, joiner.cookie) as wire:

        async def listed() -> str:
            found = LINK.search((await wire.get("/letters")).text)
            return found[1] if found else ""

        async def with_file() -> bool:
            page = await wire.get(address)
            assert page.status == 200, f"{address}: {page.status}"
            return f'href="{address}/file"' in page.text

        address = await until(listed, seconds=60, every=0.05)
        await until(with_file, seconds=30, every=0.05)
        answer = await wire.get(f"{address}/file")
        assert answer.status == 200 and answer.body.startswith(b"%PDF")


async def _round(world: World, count: int) -> Row:
    """A whole school's letters at once, made by one worker as it is served."""
    school = await make_school(count)
    async with _portal(world):
        began, at = time.perf_counter(), now()
        round_id = await ask_for_all(school)
        asked = time.perf_counter() - began

        async def made() -> bool:
            sql = "SELECT count(*) FROM letter WHERE round_id = {} AND made_at IS NOT NULL"
            return int(await fetch_value(sql, round_id)) == count

        await until(made, seconds=600, every=0.1)
        seconds = time.perf_counter() - began
    assert now() > at
    kind = "PostgreSQL" if is_postgres() else "SQLite"
    return Row(
        f"A round of {count} letters until the last can be read, one worker, {kind}", "≤ 300 s",
        f"the button {asked:.1f} s", f"{seconds:.1f} s, {count / seconds:.1f} letters a second", seconds <= 300,
    )  # fmt: skip
