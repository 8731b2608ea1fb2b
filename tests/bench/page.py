"""What a browser fetches: the sizes, requests and elements of a cold page."""

from html.parser import HTMLParser
from typing import NamedTuple

from tests.faults.web import Answer, Wire


class Weight(NamedTuple):
    """A cold page. Bytes of bodies as they travel."""

    html: int
    total: int
    requests: int
    elements: int
    plain: int


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements = 0
        self.assets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements += 1
        a = dict(attrs)
        if tag == "link" and {"stylesheet", "icon", "manifest"} & set((a.get("rel") or "").split()):
            self.assets.append(a.get("href") or "")
        elif tag in ("script", "img") and a.get("src") and a.get("loading") != "lazy":
            self.assets.append(a["src"] or "")


def unpacked(answer: Answer) -> str:
    """The body as text."""
    import gzip

    import brotli

    coding = answer.headers.get("content-encoding", "")
    return (
        brotli.decompress(answer.body) if coding == "br" else gzip.decompress(answer.body) if coding else answer.body
    ).decode()


async def weigh(wire: Wire, path: str, coding: str = "br, gzip") -> Weight:
    """Fetches a page and everything that it names, as a browser with an empty cache does."""
    page = await wire.get(path, Accept_Encoding=coding)
    assert page.status == 200, page
    text = unpacked(page)
    reader = _Reader()
    reader.feed(text)
    total, assets = len(page.body), list(dict.fromkeys(reader.assets))
    for asset in assets:
        answer = await wire.get(asset, Accept_Encoding=coding)
        assert answer.status == 200, asset
        total += len(answer.body)
    return Weight(len(page.body), total, 1 + len(assets), reader.elements, len(text.encode()))
