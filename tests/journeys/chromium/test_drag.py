"""Moves by drag: one press where nothing is asked, the card's page where something is, nothing where nothing is offered."""

import pytest

from tests.journeys.chromium.parts import People, Rows, assign, card, column_of, desk, focused, report, stands


@pytest.fixture
def room(rows: Rows) -> int:
    return rows.room()


@pytest.fixture
def hazard(people: People, room: int) -> int:
    """A card that the safety officer has assigned to somebody."""
    safety = people.of("safety")
    made = report(safety, "拖着走的一条", room)
    assign(safety, made, "教师018")
    return made


@pytest.fixture
def board(room: int) -> str:
    return f"/grids/{room}/board"


def drag(page, hazard: int, column: str) -> None:
    page.drag_and_drop(f"[data-hazard='{hazard}'] .card-facts", f"[data-column={column}] header")


def test_a_drag_presses_the_form_where_nothing_is_asked(people: People, hazard: int, board: str) -> None:
    page = people.of("leader", **desk())
    page.goto(board)
    drag(page, hazard, "rectifying")
    stands(page, hazard, "rectifying")
    assert page.url.endswith(board)
    assert focused(page) == str(hazard)
    page.wait_for_function(
        "words => words.every(word => document.getElementById('live').textContent.includes(word))",
        arg=["拖着走的一条", "已移到", "整改中"],
    )
    page.reload()
    assert column_of(page, hazard) == "rectifying"


def test_a_drag_to_a_move_that_asks_opens_its_form(people: People, hazard: int, board: str) -> None:
    page = people.of("leader", **desk())
    page.goto(board)
    drag(page, hazard, "escalated")
    page.wait_for_url(f"**/hazards/{hazard}?to=escalated")
    assert page.locator("form[data-move=escalated] [name=reason]").is_visible()


def test_a_column_that_is_not_offered_takes_nothing(people: People, hazard: int, board: str) -> None:
    page = people.of("leader", **desk())
    page.goto(board)
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    for column in ("closed", "recheck", "reported"):
        drag(page, hazard, column)
    page.wait_for_timeout(300)
    assert not sent and page.url.endswith(board)
    assert column_of(page, hazard) == "assigned"
    assert page.locator(".may-drop").count() == 0


def test_the_loser_of_a_race_sees_who_moved_it_where_and_when(people: People, hazard: int, board: str) -> None:
    page, rival = people.of("leader", **desk()), people.of("safety", **desk())
    page.goto(board)
    rival.goto(board)
    drag(rival, hazard, "rectifying")
    stands(rival, hazard, "rectifying")
    drag(page, hazard, "rectifying")
    page.wait_for_selector("#board-message [role=alert]")
    said = page.inner_text("#board-message")
    assert "教师005" in said and "整改中" in said and "今天" in said
    assert page.evaluate("document.activeElement.matches('#board-message [role=alert]')")
    stands(page, hazard, "rectifying")  # the board shows what is now
    assert page.locator("#board").count() == 1 and card(page, hazard).count() == 1
    assert page.locator("nav.nav").count() == 1


def test_a_drag_while_offline_says_so_and_changes_nothing(people: People, hazard: int, board: str) -> None:
    page = people.of("leader", **desk())
    page.goto(board)
    page.context.set_offline(True)
    drag(page, hazard, "rectifying")
    page.wait_for_selector("#trouble:not([hidden])")
    assert "没有网络" in page.inner_text("#trouble")
    assert column_of(page, hazard) == "assigned"
    page.context.set_offline(False)
    drag(page, hazard, "rectifying")
    stands(page, hazard, "rectifying")
