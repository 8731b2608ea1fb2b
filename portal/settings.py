"""The settings: read from the environment once, checked, frozen.

Every variable begins with ANWANG_. A bad one is refused with what is wrong, why, and the remedy (`Trouble`,
status 2).
"""

import ipaddress
import os
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from portal.serving.words import Trouble

ROOT = Path(__file__).resolve().parent.parent
NAMES = (
    *("HOST", "PORT", "BASE_URL", "TRUSTED_PROXIES", "SMTP_URL", "DATA", "KEY_FILE"),
    *("DATABASE_URL", "REDIS_URL", "DEMO", "WEB_PROCESSES", "ANCHOR", "TIME_STAMP_URL"),
)
KNOWN = frozenset(f"ANWANG_{name}" for name in NAMES)
MAIL_ADDRESS = re.compile(r"[^@\s/]+@[^@\s/]+\.[^@\s/.]+")


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator decides. Paths are absolute, addresses have no slash at the end."""

    host: str
    port: int
    base_url: str
    trusted_proxies: tuple[str, ...]
    smtp_url: str | None
    data: Path
    key_file: Path
    database_url: str
    redis_url: str | None
    """None: `serve` starts an embedded one and hands its address to the parts; a part without one polls."""
    demo: bool
    web_processes: int
    anchor: str
    """A mail address, or the absolute path of a file."""
    time_stamp_url: str | None = None
    """A time-stamp server (RFC 3161); without one, signatures carry the portal's own time only, and say so."""

    @property
    def secure_cookies(self) -> bool:
        """True behind https: cookies are then Secure and named `__Host-…`, which browsers allow there
        only.
        """
        return self.base_url.startswith("https://")

    @property
    def sqlite_file(self) -> Path | None:
        """The database file, or None on PostgreSQL."""
        if self.database_url.startswith("sqlite:///"):
            return Path(self.database_url.removeprefix("sqlite:///"))
        return None

    @property
    def files(self) -> Path:
        """The folder of the file store: photos and letters by digest."""
        return self.data / "files"

    @property
    def demo_accounts(self) -> Path:
        """Who can sign in with demonstration data: a JSON list of login, password, role, name, school."""
        return self.data / "demo-accounts.json"

    @property
    def anchor_mail(self) -> str | None:
        """The mail address to which the heads of the audit chains go, if the anchor is one."""
        return self.anchor if MAIL_ADDRESS.fullmatch(self.anchor) else None

    @property
    def anchor_file(self) -> Path | None:
        """The file to which the heads of the audit chains are appended, if the anchor is one."""
        return None if self.anchor_mail else Path(self.anchor)

    def environ(self) -> dict[str, str]:
        """The same settings as variables, for the parts that `serve` starts."""
        values = {
            "HOST": self.host,
            "PORT": str(self.port),
            "BASE_URL": self.base_url,
            "TRUSTED_PROXIES": ",".join(self.trusted_proxies),
            "SMTP_URL": self.smtp_url or "",
            "DATA": str(self.data),
            "KEY_FILE": str(self.key_file),
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url or "",
            "DEMO": "1" if self.demo else "0",
            "WEB_PROCESSES": str(self.web_processes),
            "ANCHOR": self.anchor,
            "TIME_STAMP_URL": self.time_stamp_url or "",
        }
        return {f"ANWANG_{name}": value for name, value in values.items()}


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Reads and checks the environment (the process's own, if none is given).

    Raises `Trouble` on a bad setting.
    """
    given = _Given(os.environ if environ is None else environ)
    data = given.path("DATA", ROOT / "var")
    host, port = given.host(), given.number("PORT", 8000, 0, 65535)
    base_url = given.base_url(host, port)
    return Settings(
        host=host,
        port=port,
        base_url=base_url,
        trusted_proxies=given.proxies(behind_tls=base_url.startswith("https://"), host=host),
        smtp_url=given.url("SMTP_URL", ("smtp", "smtps"), "smtp://user:password@mail.example.org:587"),
        data=data,
        key_file=given.path("KEY_FILE", data / "secret.key"),
        database_url=given.database(data),
        redis_url=given.redis(),
        demo=given.switch("DEMO", default=True),
        web_processes=given.number("WEB_PROCESSES", 1, 1, 32),
        anchor=given.anchor(data),
        time_stamp_url=given.url("TIME_STAMP_URL", ("http", "https"), "https://tsa.example.org/rfc3161"),
    )


class _Given:
    """The variables as they stand; each method reads one kind and refuses what it cannot mean."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ

    def text(self, name: str) -> str:
        return self.environ.get(f"ANWANG_{name}", "").strip()

    def bad(self, name: str, why: str, **facts: Any) -> Trouble:
        return Trouble(f"setting.{why}", name=f"ANWANG_{name}", value=self.shown(name), **facts)

    def shown(self, name: str) -> str:
        """The value without a password, because messages end up in logs and on screens."""
        return re.sub(r"//[^@/]*@", "//***@", self.text(name))

    def number(self, name: str, default: int, low: int, high: int) -> int:
        text = self.text(name)
        if not text:
            return default
        if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
            raise self.bad(name, "number", low=str(low), high=str(high))
        return int(text)

    def switch(self, name: str, *, default: bool) -> bool:
        text = self.text(name).lower()
        if text not in ("", "0", "1", "no", "yes", "false", "true", "off", "on"):
            raise self.bad(name, "switch")
        return text in ("1", "yes", "true", "on") if text else default

    def host(self) -> str:
        text = self.text("HOST") or "127.0.0.1"
        try:
            ipaddress.ip_address(text)
        except ValueError:
            if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", text) or re.fullmatch(r"[0-9.]+", text):
                raise self.bad("HOST", "host") from None
        return text

    def path(self, name: str, default: Path) -> Path:
        text = self.text(name)
        if "\0" in text or text.startswith("~"):
            raise self.bad(name, "path")
        return Path(os.path.abspath(text)) if text else default  # noqa: PTH100  (resolve() would follow links)

    def url(self, name: str, schemes: tuple[str, ...], example: str) -> str | None:
        text = self.text(name)
        if not text:
            return None
        parts = split_url(text)
        if parts is None or parts.scheme not in schemes or not parts.hostname:
            raise self.bad(name, "url", schemes=" / ".join(f"{scheme}://" for scheme in schemes), example=example)
        return text

    def base_url(self, host: str, port: int) -> str:
        text = self.url("BASE_URL", ("http", "https"), "https://anwang.example.org")
        if text is None:
            return f"http://{shown_host(host)}:{port}"
        parts = urlsplit(text)
        if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username:
            raise self.bad("BASE_URL", "base_url_path", example=f"{parts.scheme}://{parts.hostname}")
        if parts.hostname in ("0.0.0.0", "::"):  # noqa: S104
            raise self.bad("BASE_URL", "base_url_wildcard", example=f"http://{lan_address()}:{port}")
        return text.rstrip("/")

    def proxies(self, *, behind_tls: bool, host: str) -> tuple[str, ...]:
        found = [part.strip() for part in self.text("TRUSTED_PROXIES").split(",") if part.strip()]
        for part in found:
            try:
                wide = ipaddress.ip_network(part, strict=False).prefixlen == 0
            except ValueError:
                wide = True
            if wide:
                raise self.bad("TRUSTED_PROXIES", "proxies", part=part)
        if not found and behind_tls and host in ("127.0.0.1", "::1", "localhost"):
            return ("127.0.0.1", "::1")  # nobody but a proxy on this machine can reach that address
        return tuple(found)

    def database(self, data: Path) -> str:
        text = self.text("DATABASE_URL")
        if not text:
            return f"sqlite:///{data / 'anwang.db'}"
        parts = split_url(text)
        if text.startswith("sqlite:////") and len(text) > len("sqlite:////"):
            return text
        if parts is None or parts.scheme not in ("postgresql", "postgres") or len(parts.path) < 2:
            raise self.bad("DATABASE_URL", "database")
        return text

    def redis(self) -> str | None:
        text = self.text("REDIS_URL")
        if text.startswith("unix:///"):
            return text
        return self.url("REDIS_URL", ("redis", "rediss"), "redis://127.0.0.1:6379/0")

    def anchor(self, data: Path) -> str:
        text = self.text("ANCHOR")
        if MAIL_ADDRESS.fullmatch(text):
            return text
        if "@" in text and "/" not in text:
            raise self.bad("ANCHOR", "anchor")
        return str(self.path("ANCHOR", data / "anchors" / "heads.jsonl"))


def split_url(text: str) -> SplitResult | None:
    """The parts of an address, or None when it has none that make sense (a port beyond 65535, a broken
    bracket).
    """
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts


def shown_host(host: str) -> str:
    """What to write into a link: a wildcard becomes this machine's address, IPv6 gets its brackets."""
    if host in ("0.0.0.0", "::", "*"):  # noqa: S104
        host = lan_address()
    return f"[{host}]" if ":" in host else host


def lan_address() -> str:
    """This machine's address on its network; 127.0.0.1 when it has none.

    Sends nothing: UDP only chooses a route.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"
