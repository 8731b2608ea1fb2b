"""Style sheets and scripts: bundled once when a process starts, named by their content, served from memory.

There is no build step. The name of a bundle holds the digest of its bytes, so an answer may be kept for ever
and a new release is fetched at once. Nothing here knows the web framework.
"""

import gzip
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import brotli

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "static"
PREFIX = "/static/"
MANIFEST = "app.webmanifest"
NAME = "\u5b89\u7f51"  # the portal's own name, which is not translated

GROUND = ("tokens.css", "base.css", "layout.css")
PUBLIC = ("button", "risk", "panel", "public")
SCRIPTS = ("vendor/htmx/htmx.min.js", "js/app.js", "js/photos.js", "js/draft.js", "js/board.js")
APART = ("passkey.js", "signature.js")
"""Scripts that a few pages ask for by themselves."""
MEDIA = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Vary": "Accept-Encoding",
}

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_INDENT = re.compile(r"\s*\n\s*")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served: its address, and its bytes plain, as brotli, and as gzip for plain http."""

    path: str
    media_type: str
    body: bytes
    packed: bytes
    zipped: bytes


@dataclass(frozen=True, slots=True)
class AssetResponse:
    """What a route answers with."""

    body: bytes
    media_type: str
    headers: Mapping[str, str]


def asset(name: str) -> str:
    """The address of a bundle or file such as `app.css`, `app.js`, `app.webmanifest`, `icons/icon.svg`.

    An unknown name is a `KeyError`: a page that asks for it would show itself undressed. `css/` and `js/` in
    front of a bundle's name are allowed.
    """
    assets = bundles()
    return assets[name if name in assets else name.removeprefix("css/").removeprefix("js/")].path


def asset_response(path: str, accept_encoding: str) -> AssetResponse | None:
    """The answer for a path below `/static/` (`3f9a71c2/app.css`); `None` for whatever is not one of ours.

    The path is only looked up, never joined to a folder, so dots, zero bytes and escapes lead nowhere.
    """
    found = _by_path().get(PREFIX + path.removeprefix(PREFIX).lstrip("/"))
    if found is None:
        return None
    if takes(accept_encoding, "br") and len(found.packed) < len(found.body):
        return AssetResponse(found.packed, found.media_type, {**HEADERS, "Content-Encoding": "br"})
    if takes(accept_encoding, "gzip") and len(found.zipped) < len(found.body):
        return AssetResponse(found.zipped, found.media_type, {**HEADERS, "Content-Encoding": "gzip"})
    return AssetResponse(found.body, found.media_type, HEADERS)


def takes(accept_encoding: str, wanted: str) -> bool:
    """Whether an `Accept-Encoding` header names a coding with a weight above 0; brotli comes over https only."""
    for part in accept_encoding.lower().split(","):
        coding, _, weight = part.strip().partition(";")
        if coding.strip() == wanted:
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


@cache
def bundles() -> Mapping[str, Asset]:
    """Every servable file by name. Read once per process; about a tenth of a second."""
    everything = (
        *GROUND,
        *sorted(f"components/{file.name}" for file in (STATIC / "css/components").glob("*.css")),
    )
    for_strangers = (*GROUND, *(f"components/{name}.css" for name in PUBLIC))
    for_their_forms = (*for_strangers, "components/form.css", "components/hazard.css")
    files = {
        "app.css": _styles(everything),
        "public-form.css": _styles(for_their_forms),
        "public.css": _styles(for_strangers),
        "app.js": b";\n".join(_script(name) for name in SCRIPTS),
    }
    files |= {name: _script(f"js/{name}") for name in APART}
    for file in sorted((STATIC / "icons").iterdir()):
        files[f"icons/{file.name}"] = file.read_bytes()
    found = {name: _asset(name, body) for name, body in files.items()}
    return {**found, MANIFEST: _asset(MANIFEST, _manifest(found))}


def _manifest(icons: Mapping[str, Asset]) -> bytes:
    """What a phone asks for when the portal is put on its home screen. No service worker: nothing is kept offline.

    `minimal-ui` keeps the way back; a phone that does not know it opens the page in its browser.
    """
    sizes = (("icons/icon-192.png", "192x192"), ("icons/icon-512.png", "512x512"), ("icons/icon.svg", "any"))
    content = {
        "name": NAME, "short_name": NAME, "lang": "zh-Hans", "id": "/", "start_url": "/", "scope": "/",
        "display": "minimal-ui", "background_color": "#f3f5f3", "theme_color": "#1c2923",
        "icons": [
            {"src": icons[name].path, "sizes": size, "type": icons[name].media_type, "purpose": "any"}
            for name, size in sizes
        ],
    }  # fmt: skip
    return json.dumps(content, separators=(",", ":")).encode()


@cache
def _by_path() -> Mapping[str, Asset]:
    return {found.path: found for found in bundles().values()}


def _styles(names: tuple[str, ...]) -> bytes:
    """The sheets in the order of their layers, without comments and indentation."""
    text = "\n".join((STATIC / "css" / name).read_text("utf-8") for name in names)
    return _INDENT.sub("\n", _COMMENT.sub("", text)).encode()


def _script(name: str) -> bytes:
    """A script without the comment at its head and without indentation; what is vendored stays as it came."""
    text = (STATIC / name).read_text("utf-8")
    if not name.startswith("js/"):
        return text.encode()
    return _INDENT.sub("\n", _COMMENT.sub("", text, count=1) if text.startswith("/*") else text).encode()


def _asset(name: str, body: bytes) -> Asset:
    digest = hashlib.sha256(body).hexdigest()[:12]
    text = not name.endswith(".png")
    packed = brotli.compress(body, mode=brotli.MODE_TEXT, quality=11) if text else body
    zipped = gzip.compress(body, 9, mtime=0) if text else body
    return Asset(f"{PREFIX}{digest}/{name}", MEDIA[Path(name).suffix], body, packed, zipped)
