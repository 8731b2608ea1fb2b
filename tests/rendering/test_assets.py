import gzip
import json
from io import BytesIO

import brotli
import pytest
from PIL import Image

from portal.rendering.assets import asset, asset_response, bundles, takes
from portal.rendering.environment import render


@pytest.mark.parametrize("name", ["app.css", "css/app.css", "public.css", "app.js", "js/app.js", "icons/icon.svg"])
def test_an_address_is_answered_for_ever(name):
    found = asset_response(asset(name), "gzip, br")
    assert found
    assert "immutable" in found.headers["Cache-Control"]
    assert found.headers["X-Content-Type-Options"] == "nosniff"
    assert found.headers["Vary"] == "Accept-Encoding"


def test_both_bodies_say_the_same():
    packed, plain = asset_response(asset("app.css"), "br"), asset_response(asset("app.css"), "")
    assert packed.headers["Content-Encoding"] == "br"
    assert "Content-Encoding" not in plain.headers
    zipped = asset_response(asset("app.css"), "gzip, deflate")
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert brotli.decompress(packed.body) == plain.body == gzip.decompress(zipped.body)
    assert plain.media_type == "text/css; charset=utf-8"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "app.css",
        "000000000000/app.css",
        "%00",
        "\x00",
        "../portal/settings.py",
        "%2e%2e/%2e%2e/etc/passwd",
        "....//",
        "//etc/passwd",
        "\udcff",
        "a" * 10000,
    ],
)
def test_nothing_else_is_found(path):
    assert asset_response(path, "br") is None
    assert asset_response("/static/" + path, "") is None


def test_a_phone_may_put_the_portal_on_its_home_screen():
    """A manifest and its icons, each under its hashed address, small, and no service worker."""
    found = asset_response(asset("app.webmanifest"), "")
    assert found.media_type == "application/manifest+json"
    manifest = json.loads(found.body)
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/", "/", "minimal-ui")
    assert len(manifest["icons"]) == 3
    for icon in manifest["icons"]:
        picture = asset_response(icon["src"], "")
        assert picture.media_type == icon["type"]
        assert len(picture.body) < 2_000
        if icon["sizes"] != "any":
            assert Image.open(BytesIO(picture.body)).size == tuple(map(int, icon["sizes"].split("x")))
    assert b"serviceWorker" not in bundles()["app.js"].body
    head = render("errors/404.html", "zh-Hans")
    assert f'<link rel="manifest" href="{asset("app.webmanifest")}">' in head
    assert f'<link rel="apple-touch-icon" href="{asset("icons/icon-192.png")}">' in head


def test_english_is_set_in_a_latin_font():
    """A Chinese font would draw its quotes full-width."""
    css = bundles()["app.css"].body.decode()
    assert ':root:lang(en) { --font: "Segoe UI"' in css


def test_a_traversal_behind_a_right_digest_is_not_found():
    address = asset("app.css")
    assert asset_response(address + "/../app.css", "") is None
    assert asset_response(address + "\x00", "") is None


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("br", True),
        ("gzip, BR;q=0.5", True),
        ("br;q=0", False),
        ("br; q=0.0", False),
        ("gzip", False),
        ("", False),
    ],
)
def test_the_browser_says_whether_it_takes_brotli(header, wanted):
    assert takes(header, "br") is wanted


def test_an_unknown_name_is_an_error_and_no_undressed_page():
    with pytest.raises(KeyError):
        asset("css/missing.css")


def test_a_cold_page_stays_light():
    """60 KB for the whole cold page, of which 16 are the HTML."""
    assert sum(len(bundles()[name].packed) for name in ("app.css", "app.js", "icons/icon.svg")) < 40_000


def test_the_layers_come_in_their_order_and_comments_stay_at_home():
    css = bundles()["app.css"].body.decode()
    assert css.index("@layer tokens, base, layout, components, print") < css.index("@layer base {")
    assert "/*" not in css
