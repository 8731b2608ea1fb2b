"""The web process: who is believed about where a visitor comes from, and what its answers do not tell."""

from dataclasses import replace
from typing import Any

import pytest

from portal.serving import web
from portal.settings import Settings


async def client_seen(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, *, peer: str, forwarded: str
) -> tuple[str, str]:
    """The address and the scheme that the application sees."""
    seen: list[tuple[str, str]] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append((scope["client"][0], scope["scheme"]))

    async def nothing(*_: Any) -> None: ...

    monkeypatch.setattr("portal.app.create_app", lambda _: app)
    config = web._server(settings).config
    config.load()
    headers = [(b"x-forwarded-for", forwarded.encode()), (b"x-forwarded-proto", b"https")]
    scope: dict[str, Any] = {
        "type": "http",
        "headers": headers,
        "client": (peer, 4711),
        "scheme": "http",
        "server": ("h", 80),
    }
    scope |= {"method": "GET", "path": "/", "raw_path": b"/", "query_string": b"", "http_version": "1.1"}
    scope |= {"asgi": {"version": "3.0"}, "root_path": "", "state": {}}
    await config.loaded_app(scope, nothing, nothing)
    return seen[0]


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "seen"),
    [
        ((), "192.0.2.1", "203.0.113.9", "192.0.2.1"),
        (("10.0.0.0/24",), "192.0.2.1", "203.0.113.9", "192.0.2.1"),
        (("10.0.0.0/24",), "10.0.0.7", "203.0.113.9", "203.0.113.9"),
        (("10.0.0.0/24",), "10.0.0.7", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (("10.0.0.0/24",), "10.0.0.7", "6.6.6.6, 203.0.113.9, 10.0.0.8", "203.0.113.9"),
        (("127.0.0.1", "::1"), "127.0.0.1", "203.0.113.9", "203.0.113.9"),
    ],
)
async def test_only_a_trusted_proxy_says_who_the_visitor_is(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    trusted: tuple[str, ...],
    peer: str,
    forwarded: str,
    seen: str,
) -> None:
    given = replace(settings, trusted_proxies=trusted)
    address, scheme = await client_seen(given, monkeypatch, peer=peer, forwarded=forwarded)
    assert address == seen
    assert scheme == ("https" if seen != peer else "http")


def test_no_answer_names_the_server_and_no_visit_is_logged(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.app.create_app", lambda _: None)
    config = web._server(settings).config
    assert not config.server_header and not config.access_log
