"""An address that leads nowhere: the same answer as one that leads to what is not theirs, in the pages they know."""

import re

import pytest

from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers


def plain(text: str, *paths: str) -> str:
    """A page without the addresses that it was asked by, and without what each form holds anew."""
    for path in paths:
        text = text.replace(path, "PATH")
    return re.sub(r'(name="_csrf_token" value=)"[^"]*"', r"\1", text)


@pytest.mark.parametrize("path", ["/no-such-page", "/grids/x", "/hazards/1/nothing", "/b%00ad"])
async def test_whoever_is_signed_in_stays_in_their_own_pages(browsers: Browsers, cast: Cast, path: str) -> None:
    browser = await browsers.of(cast.other_safety)
    foreign = f"/grids/{cast.room}/board"
    hidden = await browser.get(foreign)
    stray = await browser.get(path)
    assert (stray.status_code, hidden.status_code) == (404, 404)
    assert "主导航" in stray.text
    assert "贾安全" in stray.text
    asked = str(stray.url.path)
    assert plain(stray.text, path, asked) == plain(hidden.text, foreign)


async def test_a_stranger_gets_the_bare_page(browsers: Browsers, cast: Cast) -> None:
    stranger = Browser(browsers.app)
    answer = await stranger.get("/no-such-page")
    assert answer.status_code == 404
    assert "主导航" not in answer.text
    assert "去登录" in stranger.text
    assert (await stranger.get("/static/nothing.css")).status_code == 404


async def test_a_session_that_has_ended_is_nobody(browsers: Browsers, cast: Cast) -> None:
    browser = await browsers.of(cast.teacher)
    browser.client.cookies.set("anwang", "x" * 43)
    answer = await browser.get("/no-such-page")
    assert answer.status_code == 404
    assert "主导航" not in answer.text
