"""The keyboard alone: from the sign-in over the board to a card that has moved."""

from typing import Any

import pytest

from tests.journeys.chromium.parts import People, Rows, assign, card, column_of, desk, focused, phone, report, stands

HAS_RING = "parseFloat(getComputedStyle(document.activeElement).outlineWidth) >= 3"


@pytest.fixture
def room(rows: Rows) -> int:
    return rows.room()


@pytest.fixture
def hazard(people: People, room: int) -> int:
    """A card that the safety officer has taken on, beside one that nobody has looked at."""
    safety = people.of("safety")
    report(safety, "旁边的一条", room)
    made = report(safety, "键盘上走的一条", room)
    assign(safety, made, "教师005")
    return made


@pytest.fixture
def board(room: int) -> str:
    return f"/grids/{room}/board"


def here(page: Any) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim()"))


def tab_to(page: Any, selector: str, most: int = 60) -> None:
    """Presses Tab until the focus is there; each stop on the way shows its ring."""
    for _ in range(most):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement !== document.body")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never comes to {selector}")


def live(page: Any, *words: str) -> None:
    page.wait_for_function(
        "words => words.every(word => document.getElementById('live').textContent.includes(word))", arg=list(words)
    )


def test_signing_in_and_skipping_to_the_main_part(people: People) -> None:
    page = people.stranger(**desk())
    page.goto("/sign-in")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.skip')"), "the skip link comes first"
    tab_to(page, "#login")
    page.keyboard.type("keeper")
    page.keyboard.press("Tab")
    page.keyboard.type(people.passwords["keeper"])
    page.keyboard.press("Enter")
    page.wait_for_url(f"{people.base}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.skip')")
    box = page.locator(".skip").bounding_box()
    assert box and box["y"] >= 0, "it is seen while it has the focus"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.getElementById('main').contains(document.activeElement)")


def test_every_stop_of_the_board_shows_that_it_has_the_focus_in_reading_order(
    people: People, hazard: int, board: str
) -> None:
    page = people.of("safety", **desk())
    page.goto(board)
    seen = []
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        assert page.evaluate(HAS_RING), here(page)
        seen.append(page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)"))
    assert len(seen) > 20
    assert seen == sorted(seen), "the order of the source is the order of the keys"


def test_a_card_moves_by_keys_and_keeps_the_focus(people: People, hazard: int, board: str) -> None:
    page = people.of("safety", **desk())
    page.goto(board)
    tab_to(page, f"[data-hazard='{hazard}'] .card-title a")
    page.keyboard.press("ArrowLeft")
    assert focused(page) not in ("", str(hazard))
    page.keyboard.press("ArrowRight")
    assert focused(page) == str(hazard)
    page.keyboard.press("m")
    page.wait_for_selector(f"[data-hazard='{hazard}'] #card-moves form")
    assert page.evaluate("document.activeElement.closest('form').dataset.move") == "rectifying"
    page.keyboard.press("Escape")
    assert page.locator("#card-moves").count() == 0
    assert page.evaluate("document.activeElement.matches('.card-foot')") and focused(page) == str(hazard)
    page.keyboard.press("Enter")  # the foot is a link to the moves
    page.wait_for_selector("#card-moves form")
    page.keyboard.press("2")
    assert page.evaluate("document.activeElement.closest('form').dataset.move") == "escalated"
    page.keyboard.press("Escape")
    assert page.locator("#card-moves").count() == 1, "typing is left first, so that nothing typed is lost"
    page.locator("#card-moves form[data-move=rectifying] button").focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.matches('summary')")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    stands(page, hazard, "rectifying")
    assert page.url.endswith(board), "the board stays"
    live(page, "键盘上走的一条", "已移到", "整改中")
    assert focused(page) == str(hazard)

    page.keyboard.press("m")
    page.wait_for_selector("#card-moves [name=measure]")
    page.keyboard.type("换了锁")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    stands(page, hazard, "recheck")
    live(page, "待复查")
    assert focused(page) == str(hazard)


def test_what_is_missing_is_said_in_place_and_what_was_typed_stays(people: People, room: int, board: str) -> None:
    hazard = report(people.of("safety"), "缺措施的一条", room)
    page = people.of("safety", **desk())
    page.goto(board)
    page.focus(f"[data-hazard='{hazard}'] .card-foot")
    page.keyboard.press("Enter")
    form = page.locator("#card-moves form[data-move=assigned]")
    form.locator("[name=category]").select_option(index=2)
    form.locator("[name=level][value=orange]").check(force=True)
    form.locator("[name=responsible]").select_option(index=1)
    form.locator("button").last.press("Enter")
    page.wait_for_selector("#card-moves [role=alert]")
    assert page.evaluate("document.activeElement.matches('#card-moves [role=alert]')")
    assert form.locator("[name=level][value=orange]").is_checked()
    assert form.locator("[name=category]").input_value()
    assert column_of(page, hazard) == "reported"
    form.locator("[name=interim_measure]").fill("先围起来")
    form.locator("[name=interim_measure]").press("Enter")
    stands(page, hazard, "assigned")
    live(page, "缺措施的一条", "已移到")
    assert focused(page) == str(hazard)


def test_a_race_that_was_lost_in_place_keeps_what_was_typed(people: People, hazard: int, board: str) -> None:
    page, rival = people.of("safety", **desk()), people.of("safety", **desk())
    page.goto(board)
    page.focus(f"[data-hazard='{hazard}'] .card-foot")
    page.keyboard.press("Enter")
    page.locator("#card-moves form[data-move=rectifying] button").press("Enter")
    stands(page, hazard, "rectifying")
    page.keyboard.press("m")
    page.wait_for_selector("#card-moves [name=measure]")
    page.keyboard.type("我写的做法")

    rival.goto(f"/hazards/{hazard}")
    rival.fill("form[data-move=recheck] [name=measure]", "先到的做法")
    rival.click("form[data-move=recheck] .btn.main")
    rival.wait_for_selector("#card[data-status=recheck]")

    page.click("#card-moves form[data-move=recheck] button")
    page.wait_for_selector("#card-moves [role=alert]")
    said = page.inner_text("#card-moves [role=alert]")
    assert "教师005" in said and "待复查" in said and "今天" in said
    assert page.input_value("#kept") == "我写的做法"


def test_on_a_phone_the_moves_open_inside_the_card_by_touch(people: People, hazard: int, board: str) -> None:
    page = people.of("safety", **phone())
    page.goto(f"{board}?column=assigned")
    card(page, hazard).locator(".card-foot").tap()
    page.wait_for_selector("#card-moves form")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator("#card-moves form[data-move=rectifying] button").tap()
    stands(page, hazard, "rectifying")
    live(page, "已移到", "整改中")
    assert page.evaluate("document.activeElement.dataset.tab") == "rectifying", "its column is one tap away"


def test_without_javascript_the_foot_of_a_card_leads_to_its_page(people: People, hazard: int, board: str) -> None:
    page = people.of("safety", **phone(java_script_enabled=False))
    page.goto(f"{board}?column=assigned")
    card(page, hazard).locator(".card-foot").tap()
    page.wait_for_url(f"**/hazards/{hazard}#moves")
    assert page.locator("form[data-move=rectifying]").is_visible()
