"""Where a request comes from."""

from portal.web.again import AnyRequest


def host_of(request: AnyRequest) -> str:
    """The address of whoever asks, behind our own proxies; "" where none is known."""
    return request.client.host if request.client else ""


def agent_of(request: AnyRequest) -> str:
    """What the browser says of itself."""
    return request.headers.get("user-agent", "")


def is_ahead(request: AnyRequest) -> bool:
    """A browser that loads what might be opened next has shown nothing to anybody."""
    return any("pre" in request.headers.get(name, "") for name in ("sec-purpose", "purpose", "x-moz"))
