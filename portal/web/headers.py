"""Headers that every answer carries (TW2, TW3)."""

from typing import Any

from litestar.types import Message, Scope

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; manifest-src 'self'"
)
ALWAYS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
_ENCODED: list[tuple[bytes, bytes]] = [(name.lower().encode(), value.encode()) for name, value in ALWAYS.items()]
_HSTS = (b"strict-transport-security", b"max-age=31536000")


async def add_headers(message: Message, scope: Scope) -> None:
    """Adds them as the answer starts; a header that the handler set itself stays."""
    if message["type"] != "http.response.start":
        return
    headers: list[Any] = list(message.get("headers", []))
    have = {name.lower() for name, _ in headers}
    headers += [pair for pair in _ENCODED if pair[0] not in have]
    if scope["litestar_app"].state.settings.secure_cookies:
        headers.append(_HSTS)
    message["headers"] = headers
