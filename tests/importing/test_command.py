from pathlib import Path

import pytest

from portal.core.database import fetch_value
from portal.importing.command import import_file
from tests.cast import Cast
from tests.importing.files import REAL_SCHOOL, table


async def run(file: Path, school: str, *, yes: bool = False, new: bool = False, language: str = "zh-Hans") -> int:
    return await import_file(file, school=school, yes=yes, new=new, language=language)


async def test_the_preview_writes_nothing_and_yes_imports(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    assert await run(REAL_SCHOOL, "启智小学") == 0
    said = capsys.readouterr().out
    assert "第 49 行 名称：“副校长办公室”和第 47 行同名同处，负责人不同。" in said
    assert "现在什么也没有写入" in said
    assert await fetch_value("SELECT COUNT(*) FROM import_batch") == 0
    assert await run(REAL_SCHOOL, "启智小学", yes=True) == 0
    assert "已导入：网格 184 处，岗位 209 个，人 129 名，任职 236 次。" in capsys.readouterr().out
    assert await run(REAL_SCHOOL, "启智小学", yes=True) == 0
    assert "表里的都已经有了" in capsys.readouterr().out
    assert await fetch_value("SELECT via FROM event WHERE kind = 'import.applied'") == "cli"


async def test_errors_are_told_and_end_with_status_1(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "坏表.csv"
    file.write_bytes(table("学校/没有,甲室,room,孙老师,负责人"))
    assert await run(file, "明德中学", yes=True) == 1
    said = capsys.readouterr().out
    assert "必须改  坏表.csv 第 2 行 所在位置：找不到上级“学校/没有”。" in said
    assert await fetch_value("SELECT COUNT(*) FROM import_batch") == 0
    file.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    assert await run(file, "明德中学") == 1
    assert "旧版 Excel" in capsys.readouterr().out


async def test_an_unknown_school_or_file_ends_with_status_2(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run(REAL_SCHOOL, "没有这所") == 2
    assert "现有：启智小学 明德中学" in capsys.readouterr().out
    assert await run(tmp_path / "no.csv", "明德中学") == 2


async def test_a_new_school_stands_below_the_only_bureau(cast: Cast) -> None:
    assert await run(REAL_SCHOOL, "新学校", new=True, yes=True) == 0
    assert await fetch_value("SELECT parent_id FROM grid WHERE name = '新学校'") == cast.bureau
