"""The one listening socket: opened before anything starts, inherited by the web processes.

Whoever connects while a web process is being restarted waits in its queue instead of being turned away.
"""

import errno
import socket
from typing import Any

from portal.serving.words import Trouble
from portal.settings import Settings

QUEUE = 1024


def listen(settings: Settings) -> socket.socket:
    """Binds host and port. A taken or forbidden port, or an address that is not this machine's, is a
    `Trouble`.
    """
    facts: dict[str, Any] = {"host": settings.host, "port": settings.port, "other": settings.port + 1}
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError:
        raise Trouble("port.no_such_host", **facts) from None
    listener = socket.socket(family, kind)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(QUEUE)
    except OSError as error:
        listener.close()
        codes = {errno.EADDRINUSE: "port.taken", errno.EACCES: "port.forbidden"}
        raise Trouble(codes.get(error.errno or 0, "port.no_such_host"), **facts) from None
    return listener
