"""Forms bind the fields they ask for and nothing else (TA4): every column of the row is sent, none but theirs is taken."""

import pytest

from portal.core.database import fetch_value
from portal.hazards.services import seed_categories
from portal.hazards.tables import Hazard
from portal.people.tables import Person
from tests.cast import Cast
from tests.conftest import Browsers

EVIL = "1"


async def test_a_report_takes_no_column_that_its_form_does_not_ask_for(cast: Cast, browsers: Browsers) -> None:
    await seed_categories()
    teacher = await browsers.of(cast.teacher)
    await teacher.get(f"/hazards/new?grid={cast.room}")
    columns = {column._meta.name: EVIL for column in Hazard._meta.columns}
    form = teacher.form("/hazards")
    wanted = {"grid_id": str(cast.room), "title": "plain", "level": "", "category": "", "interim_measure": ""}
    await teacher.submit(form, **{**columns, **wanted, "status": "closed", "is_listed": "1", "is_restricted": "1"})
    hazard_id = int(str(teacher.page.url).split("/hazards/")[1].split("?")[0])  # type: ignore[union-attr]
    for column, value in {
        "status": "reported", "org_id": cast.school, "reported_by": cast.teacher, "is_listed": False,
        "is_restricted": False, "closed_at": None, "responsible_person_id": None, "version": 1, "number": "2026-0001",
        "source": "staff", "supervisor_id": None, "failed_rechecks": 0,
    }.items():  # fmt: skip
        assert await fetch_value(f"SELECT {column} FROM hazard WHERE id = {{}}", hazard_id) == value, column


async def test_ones_own_contact_form_changes_contact_only(cast: Cast, browsers: Browsers) -> None:
    keeper = await browsers.of(cast.keeper)
    await keeper.get("/account")
    columns = {column._meta.name: EVIL for column in Person._meta.columns}
    await keeper.submit(keeper.form("/account/contact"), **{**columns, "phone": "13900000000", "kind": "pupil"})
    row = {"name": "甄实验", "kind": "staff", "org_id": cast.school, "left_at": None}
    for column, value in row.items():
        assert await fetch_value(f"SELECT {column} FROM person WHERE id = {{}}", cast.keeper) == value, column


async def test_an_interim_measure_may_have_a_day_of_its_own(cast: Cast, browsers: Browsers) -> None:
    await seed_categories()
    safety = await browsers.of(cast.safety)
    await safety.get(f"/hazards/new?grid={cast.room}")
    await safety.submit(safety.form("/hazards"), title="loose", interim_measure="fenced")
    await safety.submit(safety.form("/interim"), interim_measure="locked", interim_due="2026-11-24")
    assert "11月24日 周二 18:00" in safety.text
    answer = await safety.submit(safety.form("/interim"), interim_measure="locked", interim_due="24.11.")
    assert answer.status_code == 422
    assert "日期看不懂" in safety.text


async def test_no_date_at_the_end_of_the_calendar_gets_on_a_card(cast: Cast, browsers: Browsers) -> None:
    await seed_categories()
    safety = await browsers.of(cast.safety)
    await safety.get(f"/hazards/new?grid={cast.room}")
    await safety.submit(safety.form("/hazards"), title="loose", interim_measure="fenced", key="a\nX-Evil: 隐")
    assert str(safety.page.url).endswith("reported=a%0AX-Evil%3A%20%E9%9A%90")  # type: ignore[union-attr]
    for text in ("9999-12-31", "9999-12-31T23:59-12:00", "0001-01-01T00:00+14:00"):
        answer = await safety.submit(safety.form("/interim"), interim_measure="locked", interim_due=text)
        assert answer.status_code == 422, text


async def test_no_photo_is_kept_for_a_card_out_of_sight(
    cast: Cast, browsers: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object, **__: object) -> None:
        raise AssertionError("a photo was taken in")

    monkeypatch.setattr("portal.hazards.routes.card.photos_of_form", never)
    teacher = await browsers.of(cast.teacher)
    await teacher.get("/account")
    data = {"_csrf_token": teacher.form("/sign-out").fields["_csrf_token"], "to": "closed", "version": "1"}
    answer = await teacher.post("/hazards/999999/moves", data, files={"photos": ("a.jpg", b"x", "image/jpeg")})
    assert answer.status_code == 404
