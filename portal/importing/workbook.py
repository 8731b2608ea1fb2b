"""An xlsx file → sheets: first the zip is checked, then a child process with little memory and time reads it
(TF5)."""

import json
import os
import subprocess
import sys
from pathlib import Path
from threading import Lock
from typing import Any

from portal.core.refusals import Refused
from portal.importing.sheets import MAX_CELL, MAX_COLUMNS, MAX_ROWS, Sheet, make_row
from portal.importing.zip_check import check_zip

CHILD = Path(__file__).with_name("xlsx_child.py")
CHILD_MEMORY = 384 * 1024 * 1024
CHILD_SECONDS = 10
_ONE_AT_A_TIME = Lock()
"""Ten uploads at once wait for each other instead of needing ten times the memory."""

_KEPT = ("PATH", "LANG", "LD_LIBRARY_PATH", "SYSTEMROOT")


def read_workbook(data: bytes) -> list[Sheet]:
    """All visible worksheets; refuses what `check_zip` refuses and what the child cannot read in 512 MB and
    10 s."""
    check_zip(data)
    answer = _ask_child(data)
    if "refused" in answer:
        raise Refused(answer["refused"], **answer["params"])
    sheets = [_sheet(name, rows) for name, rows in answer["sheets"]]
    if not any(sheet.rows for sheet in sheets):
        raise Refused("import.empty")
    return sheets


def _sheet(name: str, rows: list[tuple[int, list[str]]]) -> Sheet:
    made = (make_row(number, cells) for number, cells in rows)
    return Sheet(name, tuple(row for row in made if row is not None))


def _ask_child(data: bytes) -> dict[str, Any]:
    limits = [str(limit) for limit in (CHILD_MEMORY, CHILD_SECONDS, MAX_ROWS, MAX_COLUMNS, MAX_CELL)]
    # -I: nothing of our environment or folder reaches the child; it needs no database, no key, no setting
    command = [sys.executable, "-I", str(CHILD), *limits]
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    try:
        with _ONE_AT_A_TIME:
            done = subprocess.run(
                command, input=data, capture_output=True, timeout=CHILD_SECONDS, env=environment, check=False
            )
        answer: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise Refused("import.bomb") from error
    except ValueError as error:  # killed by a limit: no answer, or half of one
        raise Refused("import.unreadable") from error
    return answer
