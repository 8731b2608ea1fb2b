"""Is the portal up, and what to tell the person who started it."""

import http.client
import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from portal.serving.words import say
from portal.settings import Settings, lan_address

WILDCARDS = ("0.0.0.0", "::")  # noqa: S104


@dataclass(frozen=True)
class Answer:
    """What a health page said; status 0 when nobody answered."""

    status: int
    body: str


def ask(settings: Settings, path: str, *, patience: float = 2.0) -> Answer:
    """Asks the portal from inside, as the host that its links name. Waits at most `patience` seconds."""
    host = "127.0.0.1" if settings.host == "0.0.0.0" else "::1" if settings.host == "::" else settings.host  # noqa: S104
    line = http.client.HTTPConnection(host, settings.port, timeout=patience)
    try:
        line.request("GET", path, headers={"Host": urlsplit(settings.base_url).netloc, "Connection": "close"})
        reply = line.getresponse()
        return Answer(reply.status, reply.read(4096).decode("utf-8", "replace"))
    except (OSError, http.client.HTTPException):
        return Answer(0, "")
    finally:
        line.close()


def announce(settings: Settings) -> None:
    """Prints the address and who can sign in."""
    say("ready.address", address=settings.base_url)
    here = f"http://{lan_address()}:{settings.port}"
    if settings.host in WILDCARDS and settings.base_url != here:
        say("ready.on_this_network", address=here)
    elif settings.host in ("127.0.0.1", "::1", "localhost") and not settings.secure_cookies:
        say("ready.this_machine_only")
    accounts = read_accounts(settings)
    if accounts:
        say("ready.accounts", path=settings.demo_accounts)
        width = max(len(account["login"]) for account in accounts)
        for account in accounts:
            print("  {login:<{width}}  {password}   {role} {name} {school}".format(width=width, **account))
    elif settings.demo:
        say("ready.no_demo_accounts")
    else:
        say("ready.first_account")
    say("ready.stop")


def read_accounts(settings: Settings) -> list[dict[str, str]]:
    """The demonstration accounts; none when there is no such file or it makes no sense."""
    try:
        found = json.loads(settings.demo_accounts.read_text("utf-8"))
        names = ("login", "password", "role", "name", "school")
        return [{name: str(account.get(name) or "") for name in names} for account in found]
    except (OSError, ValueError, AttributeError, TypeError):
        return []
