"""The settings: read from the environment once, checked, frozen.

Every variable begins with ANWANG_. A bad one is refused with what is wrong, why, and the remedy (`Trouble`,
status 2).
"""

import ipaddress
import os
import re
import socket
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

from portal.serving.words import Trouble

ROOT = Path(__file__).resolve().parent.parent
NAMES = (
    *("HOST", "PORT", "BASE_URL", "TRUSTED_PROXIES", "SMTP_URL", "DATA", "KEY_FILE"),
    *("DATABASE_URL", "REDIS_URL", "DEMO", "WEB_PROCESSES", "ANCHOR", "TIME_STAMP_URL", "FILES_URL", "FILES_KEY"),
    "SIGNATURE_SERVICE",
)
KNOWN = frozenset(f"ANWANG_{name}" for name in NAMES)
MAIL_ADDRESS = re.compile(r"[^@\s/]+@[^@\s/]+\.[^@\s/.]+")
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
FOLDERS = re.compile(r"([A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*)?")
FILES_KEY = re.compile(r"[^\s:/]+:\S+")
SERVICE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where files are kept by digest, when many machines share them: a bucket that speaks S3."""

    name: str
    prefix: str
    """What every key begins with; empty, or folders without a slash at the end."""
    endpoint: str | None
    """None: Amazon's own, by the region."""
    region: str
    has_own_host: bool
    """The bucket's name stands in the host (`style=virtual`), not in the path."""

    def __str__(self) -> str:
        place = f"s3://{self.name}/{self.prefix}".rstrip("/")
        return f"{place} ({self.endpoint or self.region})"


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
    files_url: str | None = None
    """A bucket for photos and letters; without one they lie in a folder of this machine."""
    files_key: str | None = field(default=None, repr=False)
    """The bucket's key as `id:secret`, or the absolute path of a file with that line."""

    signature_service: str | None = None
    """Who signs in the place of the school's own certificates, as `package.module:name` (F21)."""

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
    def pictures(self) -> Path:
        """Pages of files as pictures, drawn again when they are gone: no backup needs them."""
        return self.data / "pictures"

    @property
    def files(self) -> Path:
        """The folder of the file store: photos and letters by digest."""
        return self.data / "files"

    @property
    def bucket(self) -> Bucket | None:
        """The bucket that takes the folder's place, if one is set."""
        return bucket_of(self.files_url) if self.files_url else None

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
            "FILES_URL": self.files_url or "",
            "FILES_KEY": self.files_key or "",
            "SIGNATURE_SERVICE": self.signature_service or "",
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
        files_url=given.files(),
        files_key=given.files_key(),
        signature_service=given.signature_service(),
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
        text = re.sub(r"//[^@/]*@", "//***@", self.text(name))
        return re.sub(r"((?:secret|key|password|token)[^=&]*=)[^&]*", r"\1***", text, flags=re.IGNORECASE)

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

    def files(self) -> str | None:
        text = self.text("FILES_URL")
        if not text:
            return None
        try:
            bucket_of(text)
        except ValueError as error:
            raise self.bad("FILES_URL", "files_url", part=error) from None
        return text

    def files_key(self) -> str | None:
        text = self.text("FILES_KEY")
        if self.text("FILES_URL"):
            read_files_key(text)
        return text or None

    def signature_service(self) -> str | None:
        text = self.text("SIGNATURE_SERVICE")
        if text and not SERVICE.fullmatch(text):
            raise self.bad("SIGNATURE_SERVICE", "service")
        return text or None

    def anchor(self, data: Path) -> str:
        text = self.text("ANCHOR")
        if MAIL_ADDRESS.fullmatch(text):
            return text
        if "@" in text and "/" not in text:
            raise self.bad("ANCHOR", "anchor")
        return str(self.path("ANCHOR", data / "anchors" / "heads.jsonl"))


def bucket_of(text: str) -> Bucket:
    """The bucket of `s3://bucket/folder?endpoint=https://…&region=…&style=path`.

    Raises `ValueError` with the part that cannot be meant.
    """
    parts = split_url(text)
    if parts is None or parts.scheme != "s3" or parts.fragment:
        raise ValueError("s3://")
    if not BUCKET.fullmatch(parts.netloc) or ".." in parts.netloc:
        raise ValueError(re.sub(r".*@", "***@", parts.netloc) or "s3://")
    prefix, asked = parts.path.strip("/"), dict(parse_qsl(parts.query, keep_blank_values=True))
    if not FOLDERS.fullmatch(prefix):
        raise ValueError(parts.path)
    if unknown := sorted(asked.keys() - {"endpoint", "region", "style"}):
        raise ValueError(unknown[0])
    if asked.get("style", "path") not in ("path", "virtual"):
        raise ValueError("style")
    endpoint = asked.get("endpoint", "").rstrip("/") or None
    if endpoint is not None and not _is_host_alone(endpoint):
        raise ValueError("endpoint")
    region = asked.get("region", "us-east-1" if endpoint else "")
    if not re.fullmatch(r"[A-Za-z0-9-]{1,40}", region):
        raise ValueError("region")
    return Bucket(parts.netloc, prefix, endpoint, region, asked.get("style") == "virtual")


def read_files_key(given: str) -> tuple[str, str]:
    """Id and secret, given as `id:secret` or by a file of this user's alone. Raises `Trouble`; never shows the key."""
    text = given
    if given.startswith("/"):
        path = Path(given)
        try:
            mode = path.stat().st_mode
            text = path.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "UTF-8"
            raise Trouble("setting.files_key_unreadable", path=path, why=why) from None
        if mode & 0o077:
            raise Trouble("key.open_to_others", path=path, mode=f"{stat.S_IMODE(mode):04o}")
    if not FILES_KEY.fullmatch(text):
        raise Trouble("setting.files_key", path=given if given.startswith("/") else "ANWANG_FILES_KEY")
    name, _, secret = text.partition(":")
    return name, secret


def _is_host_alone(address: str) -> bool:
    parts = split_url(address)
    return (
        parts is not None
        and parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and not (parts.path or parts.query or parts.fragment or parts.username)
    )


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
