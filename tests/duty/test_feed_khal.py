"""The feed in khal, a calendar that Debian ships (`apt-get install khal`): the right local times, wherever one reads."""

import os
import shutil
import subprocess
from datetime import date, timedelta
from pathlib import Path

import pytest

from portal.core.clock import start_of_day
from portal.duty.feeds.rules import parts_of_book
from portal.duty.feeds.views import calendar_body
from portal.duty.rules import LEADING, Book
from tests.duty.test_feed_rules import feed, night, words

NIGHTS = (
    date(2026, 12, 31), date(2027, 1, 1),  # New Year
    date(2027, 2, 20),  # a Saturday on which school is made up for
    date(2028, 2, 28), date(2028, 2, 29),  # a leap year
)  # fmt: skip


@pytest.mark.faults
@pytest.mark.skipif(shutil.which("khal") is None, reason="khal is not installed")
@pytest.mark.parametrize(("zone", "shift"), [("Asia/Shanghai", 0), ("UTC", -8), ("America/New_York", -13)])
def test_khal_shows_the_hours_of_shanghai(tmp_path: Path, zone: str, shift: int) -> None:
    book = Book({LEADING: tuple(night(5, day, number) for number, day in enumerate(NIGHTS, 1))})
    start, end = start_of_day(date(2026, 12, 1)), start_of_day(date(2028, 4, 1))
    body = calendar_body(feed("person", 5), parts_of_book(book, start, end), words(), start=start, today=start)
    (tmp_path / "feed.ics").write_bytes(body)
    (tmp_path / "events").mkdir()
    (tmp_path / "config").write_text(
        f"[calendars]\n[[duty]]\npath = {tmp_path}/events\n[sqlite]\npath = {tmp_path}/khal.db\n[locale]\n"
        f"local_timezone = {zone}\ndefault_timezone = {zone}\ntimeformat = %H:%M\ndateformat = %Y-%m-%d\n"
        "longdateformat = %Y-%m-%d\ndatetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"
    )
    environ = {**os.environ, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8", "TZ": zone}

    def khal(*args: str) -> str:
        command = ["khal", "-c", str(tmp_path / "config"), *args]
        return subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout

    khal("import", "--batch", "-a", "duty", str(tmp_path / "feed.ics"))
    listed = khal("list", "--once", "-f", "{start} | {end}", "-df", "", "2026-12-01", "2028-04-01").split("\n")
    wanted = []
    for day in NIGHTS:
        begins = start_of_day(day) + timedelta(hours=18 + 8 + shift)
        wanted.append(f"{begins:%Y-%m-%d %H:%M} | {begins + timedelta(hours=13.5):%Y-%m-%d %H:%M}")
    assert [line.strip() for line in listed if "|" in line] == wanted
