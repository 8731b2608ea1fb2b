"""Where a signature comes from, in short, as the record of a signing keeps it (F8)."""

from ipaddress import ip_address, ip_network

from portal.accounts.rules import device_of

PREFIX = {4: 24, 6: 48}


def origin_of(host: str, agent: str) -> tuple[str, str]:
    """The first part of the network's address, and what kind of device: enough for evidence, too little to follow."""
    try:
        found = ip_address(host.partition("%")[0])
        network = str(ip_network((found, PREFIX[found.version]), strict=False))
    except ValueError:
        network = "local"
    return network, " ".join(one for one in device_of(agent) if one)
