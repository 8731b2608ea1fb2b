"""A report that survives a reload, a lost connection and an impatient thumb."""

from typing import Any

from tests.journeys.chromium.parts import People, Rows, card, choose, desk, hazard_of, phone, report
from tests.journeys.chromium.test_main_journey import photo


def cards(rows: Rows, title: str) -> int:
    return int(rows.value("SELECT count(*) FROM hazard WHERE title = ?", title))


def test_what_was_typed_is_back_after_a_reload(people: People, rows: Rows, tmp_path: Any) -> None:
    page = people.of("teacher", **phone())
    page.goto("/hazards/new?grid=")  # another place than one's own
    page.fill("#grid_id", "高一1班")
    page.fill("#title", "写到一半的一条")
    page.locator("[name=level][value=yellow]").check(force=True)
    page.set_input_files("#photos", photo(tmp_path / "a.jpg", "gray"))
    page.wait_for_selector("[data-draft-status]:has-text('草稿已保存')")
    page.wait_for_timeout(500)  # the photo goes to a store of its own
    page.reload()
    assert page.input_value("#title") == "写到一半的一条"
    assert page.input_value("#grid_id") == "高一1班"
    assert page.locator("[name=level][value=yellow]").is_checked()
    assert "草稿" in page.inner_text("[data-draft-status]")
    page.wait_for_function("() => document.getElementById('photos').files.length === 1")
    page.locator("#report form .btn.main").tap()
    page.wait_for_url("**/hazards/*reported=*")
    page.goto("/hazards/new")
    assert page.input_value("#title") == "", "a draft that has arrived is gone"
    assert cards(rows, "写到一半的一条") == 1


def test_a_report_without_a_network_is_kept_and_sent_once(people: People, rows: Rows) -> None:
    page = people.of("teacher", **phone())
    page.goto(f"/hazards/new?grid={rows.grid('高一1班')}")
    page.fill("#title", "没有网络时写的一条")
    page.context.set_offline(True)
    page.locator("#report form .btn.main").tap()
    page.wait_for_selector("[data-draft-status]:has-text('没有网络')")
    page.locator("#report form .btn.main").tap()
    assert page.input_value("#title") == "没有网络时写的一条"
    assert cards(rows, "没有网络时写的一条") == 0
    page.context.set_offline(False)
    page.wait_for_url("**/hazards/*reported=*")
    assert hazard_of(page)
    assert cards(rows, "没有网络时写的一条") == 1


def test_a_double_press_makes_one_card(people: People, rows: Rows) -> None:
    page = people.of("teacher", **phone())
    page.goto(f"/hazards/new?grid={rows.grid('高一1班')}")
    page.fill("#title", "按了两下的一条")
    page.evaluate("() => { const b = document.querySelector('#report form .btn.main'); b.click(); b.click(); }")
    page.wait_for_url("**/hazards/*reported=*")
    page.go_back()
    if page.url.endswith(f"grid={rows.grid('高一1班')}") and page.input_value("#title"):
        page.locator("#report form .btn.main").tap()
        page.wait_for_url("**/hazards/*reported=*")
    assert cards(rows, "按了两下的一条") == 1


def test_a_double_press_without_javascript_makes_one_card(people: People, rows: Rows) -> None:
    page = people.of("teacher", **phone(java_script_enabled=False))
    page.goto(f"/hazards/new?grid={rows.grid('高一1班')}")
    page.fill("#title", "无脚本按了两下")
    page.locator("#report form .btn.main").dblclick()
    page.wait_for_url("**/hazards/*reported=*")
    page.go_back()
    page.wait_for_selector("#title")
    if page.input_value("#title"):  # a form that comes back filled in would have to come back with its key
        page.locator("#report form .btn.main").tap()
        page.wait_for_url("**/hazards/*reported=*")
    assert cards(rows, "无脚本按了两下") == 1


def sign_in_again(page: Any, people: People, login: str) -> None:
    """Whoever was sent to the sign-in page signs in there."""
    page.wait_for_selector("#login")
    page.fill("#login", login)
    page.fill("#password", people.passwords[login])
    page.click("main form .btn.main")


def test_what_was_typed_in_a_move_outlives_the_session(people: People, rows: Rows) -> None:
    page = people.of("safety", form=True, **phone())
    hazard = report(page, "登录过期时正在指派的一条", rows.room())
    page.goto(f"/hazards/{hazard}")
    page.locator("form[data-move=assigned] [name=interim_measure]").fill("先把门锁上")
    choose(page.locator("form[data-move=assigned] [name=responsible]"), "教师")
    page.locator("form[data-move=assigned] [name=category]").select_option(index=1)
    page.context.clear_cookies()
    page.locator("form[data-move=assigned] button").last.click()
    sign_in_again(page, people, "safety")
    page.wait_for_url(f"**/hazards/{hazard}**")
    form = page.locator("form[data-move=assigned]")
    assert form.locator("[name=interim_measure]").input_value() == "先把门锁上"
    assert "草稿" in form.locator("[data-draft-status]").inner_text()
    form.locator("[name=level][value=yellow]").check(force=True)
    form.locator("button").last.click()
    page.wait_for_selector("#card[data-status=assigned]")
    kept = page.evaluate("() => Object.keys(localStorage).filter(name => name.includes('.move-'))")
    assert kept == [], "what has arrived is no draft any more"


def test_what_was_typed_in_a_move_on_the_board_outlives_the_session(people: People, rows: Rows) -> None:
    page = people.of("safety", form=True, **desk())
    room = rows.room()
    hazard = report(page, "登录过期时看板上的一条", room)
    page.goto(f"/grids/{room}/board")
    card(page, hazard).locator(".card-foot").click()
    page.wait_for_selector("#card-moves form[data-move=closed]", state="attached")
    page.locator("#card-moves details:has(form[data-move=closed]) summary").click()
    page.locator("#card-moves form[data-move=closed] [name=reason]").fill("其实是装饰条")
    page.locator("#card-moves form[data-move=closed] [name=outcome][value=not_hazard]").check(force=True)
    page.context.clear_cookies()
    page.locator("#card-moves form[data-move=closed] button").last.click()
    sign_in_again(page, people, "safety")
    page.wait_for_url(f"**/grids/{room}/board**")
    card(page, hazard).locator(".card-foot").click()
    form = page.locator("#card-moves form[data-move=closed]")
    form.wait_for(state="visible")  # the form with a draft is unfolded
    assert form.locator("[name=reason]").input_value() == "其实是装饰条"
    assert form.locator("[name=outcome][value=not_hazard]").is_checked()
    form.locator("button").last.click()
    page.wait_for_function("id => !document.querySelector(`#board [data-hazard='${id}']`)", arg=hazard)
    kept = page.evaluate("() => Object.keys(localStorage).filter(name => name.includes('.move-'))")
    assert kept == [], "what has arrived is no draft any more"
