"""`python -m portal admin`: the first account of a new portal."""

import re
from pathlib import Path

import pytest

from portal.accounts.command import make_first_account
from portal.accounts.services import Place, sign_in
from portal.core.crypto import use_key_file
from portal.core.database import close_database, fetch_value, open_database
from portal.core.migrate import migrate
from portal.settings import Settings, load_settings


@pytest.fixture
async def empty(tmp_path: Path) -> Settings:
    """A portal that has been migrated and nothing else."""
    settings = load_settings({"ANWANG_DATA": str(tmp_path / "data"), "ANWANG_DEMO": "0"})
    settings.data.mkdir()
    await migrate(settings)
    return settings


def password_in(text: str) -> str:
    found = re.search(r"One-time password: (\S+)", text)
    assert found
    return found[1]


async def test_the_first_account_of_a_school(empty: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--login", "Chen", "--name", "陈老师", "--school", "青云中学"]
    assert await make_first_account(empty, words) == 0
    password = password_in(capsys.readouterr().out)
    assert oct(empty.key_file.stat().st_mode & 0o777) == "0o600"
    use_key_file(empty.key_file)
    await open_database(empty.database_url)
    try:
        entry = await sign_in("chen", password, place=Place("n"))
        assert entry.must_change
        assert await fetch_value("SELECT p.role FROM post p JOIN appointment a ON a.post_id = p.id") == "safety_officer"
        assert await fetch_value("SELECT DISTINCT via FROM event WHERE kind <> 'session.started'") == "cli"
    finally:
        await close_database()
    assert await make_first_account(empty, words) == 2
    assert "taken" in capsys.readouterr().err
    assert await make_first_account(empty, ["--login", "chen2", "--name", "陈老师"]) == 2
    assert "has an account" in capsys.readouterr().err
    assert await make_first_account(empty, ["--login", "li", "--name", "李老师"]) == 0  # there is only one organisation
    capsys.readouterr()
    assert await make_first_account(empty, ["--login", "chen", "--reset"]) == 0
    assert password_in(capsys.readouterr().out) != password


async def test_the_first_account_of_a_bureau(empty: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert await make_first_account(empty, ["--login", "ju", "--bureau", "青云县教育局"]) == 0
    assert await make_first_account(empty, ["--login", "xiao", "--school", "青云中学"]) == 0
    capsys.readouterr()
    assert await make_first_account(empty, ["--login", "x3"]) == 2
    assert "several organisations" in capsys.readouterr().err
    await open_database(empty.database_url)
    try:
        assert await fetch_value("SELECT role FROM post ORDER BY id LIMIT 1") == "bureau_officer"
        assert await fetch_value("SELECT depth FROM grid WHERE name = '青云中学'") == 1
    finally:
        await close_database()


async def test_what_cannot_be_done_names_its_remedy(
    tmp_path: Path, empty: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    for words, said in (
        (["--login", "chen"], "--school NAME or --bureau NAME"),
        (["--login", "<x>", "--school", "x"], "will not do"),
        (["--login", "chen", "--reset"], "no login"),
    ):
        assert await make_first_account(empty, words) == 2
        assert said in capsys.readouterr().err
    bare = load_settings({"ANWANG_DATA": str(tmp_path / "bare"), "ANWANG_DEMO": "0"})
    bare.data.mkdir()
    assert await make_first_account(bare, ["--login", "chen", "--school", "x"]) == 2
    assert "migrate" in capsys.readouterr().err
