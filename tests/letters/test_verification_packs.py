"""What is taken along: the evidence pack, checked offline with stock tools, and the archive of a year (F24, TP4)."""

import csv
import io
import os
import shutil
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from portal.core.actors import SYSTEM
from portal.core.clock import now
from portal.core.database import execute, fetch_column, fetch_value, insert, unit_of_work
from portal.core.files import FolderStore
from portal.core.ids import digest
from portal.letters.rules import EndKind
from portal.letters.services.ending import end_letter
from portal.letters.tables import LetterFile
from portal.letters.verification.archiving import archive
from portal.letters.verification.csv_lines import csv_text
from portal.letters.verification.zips import Zip
from portal.settings import Settings
from tests.cast import Cast
from tests.conftest import Browsers
from tests.letters.letter_stories import with_wording
from tests.letters.verifying_kit import complete, drafted, signed_by


@pytest.fixture
async def shared(cast: Cast) -> None:
    """The shared chain and a wording."""
    await with_wording()


async def pack_of(cast: Cast, browsers: Browsers, letter_id: int) -> bytes:
    answer = await (await browsers.of(cast.safety)).client.get(f"/letters/{letter_id}/evidence.zip")
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/zip"
    return answer.content


def unpacked(body: bytes, folder: Path) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(body)) as found:
        assert found.testzip() is None
        found.extractall(folder)
        return found.namelist()


async def test_the_pack_holds_all_that_proves_the_letter_and_is_the_same_each_time(
    shared: None, cast: Cast, browsers: Browsers, settings: Settings, tmp_path: Path
) -> None:
    made = await complete(cast, settings)
    body = await pack_of(cast, browsers, made.id)
    assert body == await pack_of(cast, browsers, made.id), "the same letter, the same bytes"
    names = unpacked(body, tmp_path)
    assert names == [
        "letter.pdf", "evidence.pdf", "certificates/authority.pem", "certificates/party_1.pem",
        "certificates/party_2.pem", "certificates/seal.pem", "revocations.crl", "events.jsonl", "check_pack.py",
        "README.txt", "index.csv",
    ]  # fmt: skip
    assert (tmp_path / "letter.pdf").read_bytes() == made.final
    readme = (tmp_path / "README.txt").read_text("utf-8")
    assert (await made.whole()).row.number in readme and f"http://testserver/v/{await made.code()}" in readme
    assert "$" not in readme.replace('"$each"', "").replace("$3", "").replace("$1", "")
    kinds = [line.split('"kind": "')[1].split('"')[0] for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert kinds == ["letter.drafted", "letter.made", "letter.signed", "letter.signed", "letter.sealed"]
    sql = "SELECT count(*) FROM event WHERE kind = 'letter.pack_taken' AND subject_id = {}"
    assert await fetch_value(sql, made.id) == 2, "who took it along is on record"


async def test_the_pack_is_checked_offline_by_what_its_readme_says(
    shared: None, cast: Cast, browsers: Browsers, settings: Settings, tmp_path: Path
) -> None:
    made = await complete(cast, settings)
    body = await pack_of(cast, browsers, made.id)
    unpacked(body, tmp_path)
    (tmp_path / "evidence.pdf").rename(tmp_path / "aside")  # of a few bytes only, in this test
    index = (tmp_path / "index.csv").read_text()
    (tmp_path / "index.csv").write_text("".join(one for one in index.splitlines(True) if "evidence" not in one))
    commands = [
        line.strip()
        for line in (tmp_path / "README.txt").read_text("utf-8").splitlines()
        if line.startswith("    ") and line.split()[0] in ("tail", "openssl", "for", "python")
    ]
    assert len(commands) == 6
    bare = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    for command in commands:
        if "openssl" in command and shutil.which("openssl") is None:
            continue
        done = subprocess.run(
            ["/bin/sh", "-ec", command], cwd=tmp_path, capture_output=True, text=True, timeout=60, env=bare
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        assert "WRONG" not in done.stdout and "FAILED" not in done.stdout
    assert "letter.pdf party_1" in done.stdout and "letter.pdf seal" in done.stdout and "letter.sealed" in done.stdout


@pytest.mark.parametrize("broken", ["letter.pdf", "events.jsonl", "revocations.crl", "certificates/party_1.pem"])
async def test_a_pack_that_was_touched_is_told(
    shared: None, cast: Cast, browsers: Browsers, settings: Settings, tmp_path: Path, broken: str
) -> None:
    made = await complete(cast, settings)
    unpacked(await pack_of(cast, browsers, made.id), tmp_path)
    path = tmp_path / broken
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(bytes(body))
    done = subprocess.run([sys.executable, "check_pack.py"], cwd=tmp_path, capture_output=True, timeout=60)
    assert done.returncode != 0


async def test_who_may_take_the_pack(shared: None, cast: Cast, browsers: Browsers, settings: Settings) -> None:
    made = await drafted(cast, settings)
    address = f"/letters/{made.id}/evidence.zip"
    party = (await made.whole()).row.person_id
    for person in (cast.safety, cast.principal, cast.floor_chief, party):
        assert (await (await browsers.of(person)).client.get(address)).status_code == 200, person
    for person in (cast.other_safety, cast.sibling_keeper, cast.nobody):
        assert (await (await browsers.of(person)).client.get(address)).status_code in (403, 404), person
    assert (await browsers.stranger().client.get(address)).status_code == 303


async def test_the_archive_of_a_year_holds_its_complete_letters_with_an_index(
    shared: None, cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    first = await complete(cast, settings)
    await signed_by(await drafted(cast, settings, "贾未成"), cast)
    row = (await first.whole()).row
    async with unit_of_work():
        await end_letter(first.id, row.org_id, EndKind.REVOKED, ends_at=now(), by=SYSTEM)
    office = await browsers.of(cast.safety)
    answer = await office.client.get("/letters/archive?year=2026")
    assert answer.status_code == 200 and "attachment" in answer.headers["content-disposition"]
    assert "content-length" not in answer.headers
    with zipfile.ZipFile(io.BytesIO(answer.content)) as found:
        assert found.testzip() is None
        names = found.namelist()
        index = list(csv.DictReader(io.StringIO(found.read("index.csv").decode("utf-8-sig"))))
        assert names == [
            f"{cast.school}/2026-{row.seq:04d}.pdf",
            f"{cast.school}/2026-{row.seq:04d}-evidence.pdf",
            "index.csv",
        ]
        assert found.read(names[0]) == first.final
    assert [one["编号"] for one in index] == [row.number]
    [line] = index
    assert (line["状态"], line["SHA-256"], line["文件"]) == ("已撤销", digest(first.final), names[0])
    assert line["岗位"] == row.post and line["证据文件 SHA-256"] == digest(first.evidence)
    empty = await office.client.get("/letters/archive?year=2019")
    with zipfile.ZipFile(io.BytesIO(empty.content)) as found:
        assert found.namelist() == ["index.csv"]
    assert (await office.client.get("/letters/archive?year=x")).status_code == 422
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'letters.archived'") == 2
    other = await (await browsers.of(cast.other_safety)).client.get("/letters/archive?year=2026")
    with zipfile.ZipFile(io.BytesIO(other.content)) as found:
        assert found.namelist() == ["index.csv"], "another school's office takes its own"
    assert (await (await browsers.of(cast.keeper)).client.get("/letters/archive")).status_code == 403


async def test_a_lost_file_stands_in_the_index_and_holds_nothing_up(
    shared: None, cast: Cast, browsers: Browsers, settings: Settings
) -> None:
    made = await complete(cast, settings)
    made.store.path_of(digest(made.final)).unlink()
    answer = await (await browsers.of(cast.safety)).client.get("/letters/archive?year=2026&language=zh-Hans")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as found:
        index = found.read("index.csv").decode("utf-8-sig")
    assert "文件找不到" in index and digest(made.final) in index


async def test_an_archive_of_many_letters_takes_the_memory_of_one(shared: None, cast: Cast, settings: Settings) -> None:
    """400 letters of 200 KB: 80 MB go out, and never more than a few files of it are in memory."""
    made = await drafted(cast, settings)
    store, by = FolderStore(settings.files), await cast.actor(cast.safety)
    body = os.urandom(200_000)
    stored = await store.put(body, media_type="application/pdf")
    columns = "org_id, kind, template_id, year, cause, grid_id, post_id, person_id, starts_at, drafted_at, made_at"
    for number in range(400):
        await execute(
            f"INSERT INTO letter ({columns}, key, seq, code, signed_at, sealed_at, reason_params, attempts, version) "
            f"SELECT {columns}, {{}}, {{}}, {{}}, {{}}, {{}}, '', 0, 1 FROM letter WHERE id = {{}}",
            f"many:{number}", 1_000 + number, digest(str(number))[:32], now(), now(), made.id,
        )  # fmt: skip
    await execute("UPDATE letter SET year = 2025 WHERE key LIKE 'many:%'")
    ids = [{"letter_id": one, "stage": 0, "role": "sealed", "digest": stored.digest, "size": stored.size, "made_at": now()}
           for one in await _many()]  # fmt: skip
    await insert(LetterFile, *ids)

    async def read(pieces: AsyncIterator[bytes]) -> int:
        return sum([len(piece) async for piece in pieces])

    tracemalloc.start()
    total = await read(archive(2025, store=store, words=lambda kind, code: code, by=by))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(f"\n400 letters, {total / 1e6:.0f} MB out, at most {peak / 1e6:.1f} MB in memory")
    assert total > 80_000_000 and peak < 8_000_000


async def _many() -> list[int]:
    return list(await fetch_column("SELECT id FROM letter WHERE key LIKE 'many:%' ORDER BY id"))


def test_a_cell_is_never_a_formula_and_a_zip_is_the_same_bytes() -> None:
    assert csv_text([("=1+1", "@x", "a,b")]) == "'=1+1,'@x,\"a,b\"\n"

    def made() -> bytes:
        one = Zip()
        return one.add("a.txt", b"a" * 1000) + one.add("b.pdf", b"b") + one.end()

    assert made() == made()
