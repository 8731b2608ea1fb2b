"""A board that refreshes itself: it sees what others do, asks cheaply, and rests while nobody looks."""

from playwright.sync_api import Response

from tests.journeys.chromium.parts import People, Rows, assign, desk, report, stands

HIDE = """hidden => {
    Object.defineProperty(document, 'hidden', {configurable: true, get: () => hidden});
    Object.defineProperty(document, 'visibilityState', {configurable: true, get: () => hidden ? 'hidden' : 'visible'});
    document.dispatchEvent(new Event('visibilitychange'));
}"""


def test_a_second_browser_sees_a_move_without_a_reload_and_asks_cheaply(people: People, rows: Rows) -> None:
    hazard = report(people.of("teacher"), "别人看着它动", rows.grid("化学实验室(东)"))
    assign(people.of("safety"), hazard, "教师018")
    board = f"/grids/{rows.grid('青云一中')}/board"
    watcher, mover = people.of("leader", **desk()), people.of("keeper", **desk())
    watcher.clock.install()
    watcher.goto(board)
    asked: list[tuple[int, str]] = []

    def heard(answer: Response) -> None:
        if answer.url.endswith(board):
            asked.append((answer.status, answer.headers.get("etag", "")))

    watcher.on("response", heard)
    watcher.evaluate("window.here = true")

    def wait(seconds: int, answers: int) -> list[tuple[int, str]]:
        """Lets time pass, and waits until the board has answered so often."""
        asked.clear()
        watcher.clock.run_for(seconds * 1000)
        for _ in range(50):
            watcher.evaluate("fetch('/health/live').then(() => 0)")
            if len(asked) >= answers > 0:
                break
        return list(asked)

    def rests(first: list[tuple[int, str]], why: str) -> None:
        """The answer is 304. A whole one is right only when the board reads differently: "3 minutes left" became
        "2 minutes left" on some card while we waited. Then its mark is new, and soon nothing changes."""
        found, known = first, ""
        for _ in range(4):
            assert len(found) == 1, why
            status, mark = found[0]
            if status == 304:
                return
            assert mark != known, f"{why}: the same board was sent twice"
            found, known = wait(21, 1), mark
        raise AssertionError(why)

    wait(21, 1)
    rests(wait(21, 1), "nothing has changed")
    mover.goto(f"/hazards/{hazard}")
    mover.click("form[data-move=rectifying] .btn.main")
    mover.wait_for_selector("#card[data-status=rectifying]")
    assert [status for status, _ in wait(21, 1)] == [200]
    watcher.clock.run_for(1000)
    stands(watcher, hazard, "rectifying")
    assert watcher.evaluate("window.here"), "without a reload"
    assert "别人看着它动" in watcher.inner_text("#live")
    rests(wait(21, 1), "nothing has changed again")

    watcher.evaluate(HIDE, True)
    assert wait(90, 0) == [], "it rests while nobody looks"
    watcher.evaluate(HIDE, False)
    rests(wait(0, 1), "it asks at once when somebody looks again")
