"""Where a request comes from, in short, as the record of a signing keeps it (F8)."""

from ipaddress import ip_address, ip_network

from portal.accounts.rules import device_of
from portal.web.again import AnyRequest

PREFIX = {4: 24, 6: 48}


def origin_of(request: AnyRequest) -> tuple[str, str]:
    """The first part of the network's address, and what kind of device: enough for evidence, too little to follow."""
    try:
        found = ip_address((request.client.host if request.client else "").partition("%")[0])
        network = str(ip_network((found, PREFIX[found.version]), strict=False))
    except ValueError:
        network = "local"
    return network, " ".join(one for one in device_of(request.headers.get("user-agent", "")) if one)


def is_ahead(request: AnyRequest) -> bool:
    """A browser that loads what might be opened next has shown nothing to anybody."""
    return any("pre" in request.headers.get(name, "") for name in ("sec-purpose", "purpose", "x-moz"))
