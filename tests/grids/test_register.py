"""The register as a workbook: texts stay texts, the head is frozen, nobody's pupils are in it."""

import io
import json
import zipfile

import openpyxl
import pytest

from portal.audit.queries import history_of
from portal.core.actors import SYSTEM
from portal.grids.register import workbook
from portal.grids.services import make_grid
from portal.people.services import change_person
from tests.cast import Cast
from tests.conftest import Browsers

PAYLOADS = [
    "=1+1", "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1:A9)", "\t=1+1", "\r=1+1", "=HYPERLINK(\"http://x\",\"y\")",
    "=IMPORTXML(CONCAT(\"http://x\"),\"//a\")", "=WEBSERVICE(\"http://x\")", "{=1+1}", "=1+1;=2", "\"=1+1", "'=1+1",
    "=A1&B1", "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "@echo", "＝1+1", "=-1", "==1", "= 1", "=\u200b1",
    "http://example.com", "mailto:x@example.com", "internal:Sheet1!A1", "007", "1e5", "2026-11-23", "TRUE",
]  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_somebody_wrote_is_never_a_formula(payload: str) -> None:
    head = [("a", ""), ("b", "wide")]
    body = workbook("t", "n", head, [[payload, payload], [1, payload]], sheet="s")
    page = openpyxl.load_workbook(io.BytesIO(body)).active
    cells = [cell for row in page.iter_rows(min_row=4) for cell in row]
    assert [cell.data_type for cell in cells] == ["s", "s", "n", "s"]
    texts = [cell for cell in cells if cell.data_type == "s"]
    assert [cell.value for cell in texts] == [payload.replace("\r", "\n")] * 3
    assert all(cell.hyperlink is None for cell in cells)
    sheet = zipfile.ZipFile(io.BytesIO(body)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet and b"<f " not in sheet
    if payload[0] in "=+-@\t\r":
        assert all(cell.quotePrefix for cell in texts)


async def test_the_register_comes_out_as_a_school_files_it(cast: Cast, browsers: Browsers) -> None:
    await make_grid("=1+1", kind="room", parent_id=cast.floor, by=SYSTEM, area_m2=12.5, location="+一楼东头")
    await change_person(cast.keeper, version=1, by=SYSTEM, name="=甄实验")
    browser = await browsers.of(cast.safety)
    answer = await browser.get(f"/grids/{cast.school}/register.xlsx")
    assert answer.status_code == 200 and "UTF-8''" in answer.headers["content-disposition"]
    page = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert page.freeze_panes == "C4" and page.page_setup.orientation == "landscape"
    assert int(page.page_setup.paperSize) == 9  # A4
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=4)]
    by_name = {row[1]: row for row in rows}
    assert by_name["化学实验室(东)"][4] == "博学楼 / 一楼" and by_name["化学实验室(东)"][6] == "=甄实验"
    assert by_name["=1+1"][5] == 12.5 and by_name["=1+1"][6] == "没有人负责"
    assert "甄小班" not in json.dumps(rows, ensure_ascii=False) and "班长" not in json.dumps(rows, ensure_ascii=False)
    assert all(cell.data_type in "sn" for row in page.iter_rows() for cell in row)
    told = (await history_of("grid", cast.school))[0]
    assert told.kind == "register.exported" and told.facts["rows"] == len(rows) and told.actor == "甄安全"


async def test_a_stranger_takes_nothing_out(cast: Cast, browsers: Browsers) -> None:
    assert (await (await browsers.of(cast.safety)).get(f"/grids/{cast.building}/register.xlsx")).status_code == 200
    stranger = await browsers.of(cast.other_safety)
    answer, missing = [await stranger.get(f"/grids/{grid}/register.xlsx") for grid in (cast.building, 999_999)]
    assert answer.status_code == missing.status_code == 404
    keeper = await browsers.of(cast.keeper)
    assert (await keeper.get(f"/grids/{cast.room}/register.xlsx")).status_code == 403
