"""Nothing is fetched for a PDF, whatever the HTML says (TW4): a canary server and a canary file, and sixty tricks."""

import base64
import threading
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from portal.rendering.pdf import PdfFailed
from portal.rendering.pdf.press import Press
from tests.rendering.test_pdf import opened, silent

GIF = b"GIF89a\x01\x00\x01\x00\x80\x01\x00\x00\x00\x00ccc,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02L\x01\x00;"
SECRETS = ("canary-7f3a91", "finch-22c8e0d4")

ADDRESSES = {
    "http": "http://127.0.0.1:{port}/x",
    "upper case": "HTTP://127.0.0.1:{port}/x",
    "no dots": "http://127.1:{port}/x",
    "decimal": "http://2130706433:{port}/x",
    "hexadecimal": "http://0x7f000001:{port}/x",
    "octal": "http://0177.0.0.1:{port}/x",
    "nought": "http://0.0.0.0:{port}/x",
    "a zero": "http://0:{port}/x",
    "localhost": "http://localhost:{port}/x",
    "with a dot": "http://localhost.:{port}/x",
    "ipv6": "http://[::1]:{port}/x",
    "ipv4 in ipv6": "http://[::ffff:127.0.0.1]:{port}/x",
    "a name before": "http://anwang.example@127.0.0.1:{port}/x",
    "an escaped name before": "http://data%3A@127.0.0.1:{port}/x",
    "a circled digit": "http://127.0.0.①:{port}/x",
    "a redirect": "http://127.0.0.1:{port}/redirect",
    "a redirect to a file": "http://127.0.0.1:{port}/to-file",
    "no scheme": "//127.0.0.1:{port}/x",
    "spaces around": "  http://127.0.0.1:{port}/x  ",
    "a tab inside": "ht\ttp://127.0.0.1:{port}/x",
    "https": "https://127.0.0.1:{port}/x",
    "ftp": "ftp://127.0.0.1:{port}/x",
    "gopher": "gopher://127.0.0.1:{port}/_x",
    "file": "file://{file}",
    "file in capitals": "FILE://{file}",
    "file with a host": "file://localhost{file}",
    "file with one slash": "file:{file}",
    "file with a question": "file://{file}?x",
    "file, escaped": "file://%2f{file}",
    "a bare path": "{file}",
    "up and up": "../../../../../../../../../..{file}",
    "our fonts and up": "asset:../../../../../../../../..{file}",
    "our fonts, escaped": "asset:%2e%2e/x",
    "a jar": "jar:file://{file}!/",
    "local": "local_file://{file}",
    "netdoc": "netdoc:{file}",
}
PLACES = {
    "a picture": '<img src="{url}">',
    "several sizes": '<img src="{url}" srcset="{url} 2x">',
    "an object": '<object data="{url}" type="image/png"></object>',
    "an embedding": '<embed src="{url}" type="image/png">',
    "a frame": '<iframe src="{url}"></iframe>',
    "a button of a form": '<input type="image" src="{url}">',
    "a sheet": '<link rel="stylesheet" href="{url}">',
    "an imported sheet": '<style>@import url("{url}");</style>',
    "an imported string": '<style>@import "{url}";</style>',
    "a background": '<style>body {{ background: url("{url}") }}</style>',
    "a style attribute": "<p style=\"background-image: url('{url}')\">x</p>",
    "a list's mark": '<ul style="list-style-image: url({url})"><li>x</ul>',
    "content": '<style>p::before {{ content: url("{url}") }}</style><p>x</p>',
    "a border": '<p style="border: 1px solid; border-image-source: url({url})">x</p>',
    "a font": '<style>@font-face {{ font-family: q; src: url("{url}") }} p {{ font-family: q }}</style><p>x</p>',
    "a page's margin": '<style>@page {{ @top-left {{ content: url("{url}") }} }}</style><p>x</p>',
    "a file to attach": '<link rel="attachment" href="{url}">',
    "a link that attaches": '<a rel="attachment" href="{url}">x</a>',
    "a base": '<base href="{url}"><img src="x.png">',
    "a base for sheets": '<base href="{url}"><link rel="stylesheet" href="x.css">',
    "a drawing's picture": '<svg width="9" height="9"><image href="{url}" width="9" height="9"/></svg>',
    "a drawing's old picture": (
        '<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">'
        '<image xlink:href="{url}" width="9" height="9"/></svg>'
    ),
    "a drawing's reuse": '<svg width="9" height="9"><use href="{url}#a"/></svg>',
    "a drawing's sheet": '<svg width="9" height="9"><style>@import url("{url}"); rect {{ fill: url("{url}") }}</style><rect width="9" height="9"/></svg>',
    "a drawing's gradient": '<svg width="9" height="9"><linearGradient id="g" href="{url}#g"/><rect fill="url(#g)" width="9" height="9"/></svg>',
    "a meta refresh": '<meta http-equiv="refresh" content="0; url={url}">',
    "an icon": '<link rel="icon" href="{url}">',
    "an alternate sheet": '<link rel="alternate stylesheet" href="{url}">',
    "a script": '<script src="{url}"></script>',
    "a film": '<video src="{url}" poster="{url}"></video>',
}
NESTED = {
    "a drawing in an address": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="{url}" width="9" height="9"/></svg>',
    "an entity of a drawing": '<!DOCTYPE svg [<!ENTITY e SYSTEM "{url}">]><svg xmlns="http://www.w3.org/2000/svg"><text y="9">&e;</text></svg>',
    "a sheet of a drawing": '<?xml-stylesheet href="{url}"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
}


class Canary(BaseHTTPRequestHandler):
    hits: ClassVar[list[str]] = []
    file = ""

    def do_GET(self):
        self.hits.append(self.path)
        self.send_response(302 if self.path != "/x" else 200)
        if self.path != "/x":
            self.send_header("Location", f"file://{self.file}" if self.path == "/to-file" else "/x")
        self.end_headers()
        self.wfile.write(GIF)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def canary(tmp_path_factory):
    file = tmp_path_factory.mktemp("canary") / "secret.txt"
    Canary.hits.clear()
    Canary.file = str(file)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Canary)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, file
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def press():
    found = Press()
    yield found
    found.close()


async def result_of(press, html: str) -> bytes | str:
    try:
        return await press.set([html], silent)
    except PdfFailed as failure:
        return failure.code


async def nothing_gets_out(press, canary, html: str) -> bytes | str:
    """Tries it with two contents of the file: neither may make a difference, and nobody may call the server."""
    port, file = canary
    Canary.hits.clear()
    results = []
    for secret in SECRETS:
        file.write_text(secret)
        results.append(await result_of(press, html.replace("{port}", str(port)).replace("{file}", str(file))))
    assert Canary.hits == []
    assert results[0] == results[1], "what stands in the file shows in the PDF"
    if isinstance(results[0], bytes):
        assert not any(secret.encode() in opened(results[0]) for secret in SECRETS)
    return results[0]


@pytest.mark.parametrize("address", ADDRESSES)
async def test_no_address_is_fetched(press, canary, address):
    html = PLACES["a picture"].replace("{url}", ADDRESSES[address]) + "<p>x</p>"
    assert await nothing_gets_out(press, canary, html) in (
        "pdf.foreign_address",
        "pdf.part_missing",
        "pdf.font_missing",
    )


@pytest.mark.parametrize("place", PLACES)
async def test_no_place_of_a_document_fetches(press, canary, place):
    for url in ("http://127.0.0.1:{port}/x", "file://{file}"):
        html = PLACES[place].replace("{{", "{").replace("}}", "}").replace("{url}", url)
        await nothing_gets_out(press, canary, html)


@pytest.mark.parametrize("trick", NESTED)
async def test_nor_what_is_nested_in_an_address(press, canary, trick):
    for url in ("http://127.0.0.1:{port}/x", "file://{file}"):
        port, file = canary
        svg = NESTED[trick].replace("{url}", url).replace("{port}", str(port)).replace("{file}", str(file))
        coded = base64.b64encode(svg.encode()).decode()
        await nothing_gets_out(press, canary, f'<img src="data:image/svg+xml;base64,{coded}"><p>x</p>')


def test_there_are_more_than_sixty_tricks():
    assert len(ADDRESSES) + len(PLACES) + len(NESTED) >= 60


async def test_the_canaries_sing(press, canary):
    """The tests above would also pass with a server that nobody can reach and a search that finds nothing."""
    import urllib.request

    port, file = canary
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/redirect") as answer:
        assert answer.read() == GIF
    assert Canary.hits == ["/redirect", "/x"]
    file.write_text(SECRETS[0])
    assert SECRETS[0].encode() in opened(b"stream\n" + zlib.compress(file.read_bytes()) + b"\nendstream")


async def test_what_stands_in_the_address_is_shown(press):
    coded = base64.b64encode(GIF).decode()
    plain = await press.set(["<p>x</p>"], silent)
    assert len(await press.set([f'<p>x<img src="data:image/gif;base64,{coded}"></p>'], silent)) > len(plain)


async def test_links_are_printed_not_followed(press, canary):
    port, _ = canary
    Canary.hits.clear()
    assert (await press.set([f'<a href="http://127.0.0.1:{port}/x">x</a>'], silent)).startswith(b"%PDF-")
    assert Canary.hits == []
