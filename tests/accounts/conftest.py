"""Accounts with real passwords, and browsers at chosen addresses."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest
from litestar import Litestar

from portal.accounts.services import make_account
from portal.core.actors import SYSTEM
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Browsers

PASSWORD = "a long enough sentence"


@dataclass
class Doors:
    """The application seen from many addresses."""

    app: Litestar
    open: list[Browser] = field(default_factory=list)

    def at(self, address: str = "192.0.2.1", *, htmx: bool = False) -> Browser:
        """A stranger's browser at this address."""
        browser = Browser(self.app, htmx=htmx)
        browser.client._transport = httpx.ASGITransport(
            app=self.app,  # type: ignore[arg-type]
            raise_app_exceptions=False,
            client=(address, 4242),
        )
        self.open.append(browser)
        return browser


@pytest.fixture
async def doors(browsers: Browsers) -> AsyncIterator[Doors]:
    made = Doors(browsers.app)
    yield made
    for browser in made.open:
        await browser.client.aclose()


@pytest.fixture
async def people(cast: Cast) -> Cast:
    """The cast, each of whom can sign in by the name of their part and one password."""
    for login in ("bureau_officer", "principal", "safety", "teacher", "keeper", "nobody", "other_safety"):
        await make_account(getattr(cast, login), login, password=PASSWORD, by=SYSTEM)
    return cast


async def knock(browser: Browser, login: str, password: str = PASSWORD, *, next: str = "/account") -> httpx.Response:
    """Opens the sign-in page and fills it in."""
    await browser.get("/sign-in", **{})
    form = browser.form("/sign-in")
    return await browser.submit(form, login=login, password=password, next=next)
