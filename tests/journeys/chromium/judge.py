"""Judges a page that is open: axe, reflow, targets, weight; in light and dark, on a phone and on a desk.

Every page passes the whole of axe on a phone in light, and the rules of reflow, targets and weight. The other three
dresses look for what only a dress can bring, and each kind of element is looked at in them once:

- dark differs from light in colours alone (`static/css` has no other rule for it), so in dark only axe's rules about
  colours run; no other rule of axe reads a colour;
- of what stands more than twice on a page as the same kind, all the way down, two are asked about their colours: rows
  of a table, days of a month; no rule of ours colours one row otherwise than by its classes;
- an element that stands, as the same kind inside of the same kinds, on a page that was judged in all four dresses
  looks no different here: the other three are asked about the new kinds alone, and a page without a new kind is not
  asked about its colours again, which is most of axe's time.

Every page is measured at 1280 as well.
"""

from pathlib import Path
from typing import Any

from tests.journeys.chromium.parts import DESK, PHONE, People

SMALL = Path(__file__).with_name("measure.js").read_text("utf-8")
MOST_REQUESTS, MOST_BYTES, MOST_NODES = 6, 60_000, 5_000
COLOURS = ["color-contrast", "link-in-text-block"]
NEW_KINDS = """seen => {
    const states = ['type', 'role', 'aria-current', 'aria-busy', 'disabled', 'draggable', 'scope', 'hidden'];
    const kind = node => [node.tagName, ...Array.from(node.classList).sort(),
        ...states.filter(name => node.hasAttribute(name)).map(name => name + '=' + node.getAttribute(name))].join('.');
    const inside = node => kind(node.parentElement.parentElement || node.parentElement)
        + ' > ' + kind(node.parentElement) + ' > ' + kind(node);
    const known = new Set(seen), found = new Set();
    window.kindOf = inside;
    window.newNodes = Array.from(document.body.querySelectorAll('*')).filter(node => {
        const name = inside(node);
        if (!known.has(name)) found.add(name);
        return !known.has(name);
    }).filter((node, _, all) => !all.includes(node.parentElement));
    return Array.from(found);
}"""
HIDE_SPARES = """() => {
    const seen = new Map(), names = new Map();
    const name = node => {
        if (!names.has(node)) names.set(node, window.kindOf(node));
        return names.get(node);
    };
    const look = node => {
        const all = [node, ...node.querySelectorAll('*')];
        if (all.every(one => (seen.get(name(one)) || 0) >= 2)) { node.style.display = 'none'; return; }
        seen.set(name(node), (seen.get(name(node)) || 0) + 1);
        Array.from(node.children).forEach(look);
    };
    Array.from(document.body.children).forEach(look);
}"""
AXE = """async ([rules, onlyNew, known]) => {
    const only = rules ? {runOnly: {type: 'rule', values: rules}} : known ? {rules: known} : {};
    const where = onlyNew ? {include: window.newNodes} : document;
    const said = await axe.run(where, {resultTypes: ['violations'], elementRef: false, ...only});
    return said.violations.map(one => one.id + ': ' + one.nodes.slice(0, 3).map(
        node => node.html.slice(0, 160) + ' ' + (node.any[0] ? node.any[0].message : '')).join(' | '));
}"""
_seen: set[str] = set()  # the kinds of elements that this process has judged in all four dresses


def axe_source() -> str:
    from axe_playwright_python.sync_playwright import Axe

    return str(Axe().axe_script)


class Judge:
    """Looks at the page that is open, in all its dresses, and notes what is wrong with it."""

    def __init__(self, people: People, login: str) -> None:
        context: dict[str, Any] = {"viewport": PHONE, "color_scheme": "light", "reduced_motion": "reduce"}
        self.page = people.of(login, **context) if login else people.stranger(**context)
        self.page.add_init_script(axe_source())
        self.faults: list[str] = []
        self.judged = self.dressed = 0
        self.figures: list[tuple[int, int, int, str]] = []
        self.wire = self.page.context.new_cdp_session(self.page)
        self.wire.send("Network.enable")
        self.wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
        self.loaded: list[float] = []
        self.wire.on("Network.loadingFinished", lambda event: self.loaded.append(event["encodedDataLength"]))

    def open(self, path: str, *, expect: tuple[int, ...] = (200,)) -> bool:
        """Opens a page cold and judges it; False when it is not this person's (403, 404)."""
        self.loaded.clear()
        answer = self.page.goto(path)
        assert answer is not None
        if answer.status in (403, 404) and answer.status not in expect:
            return False
        if answer.status not in expect:
            self.faults.append(f"{path}: {answer.status}")
        requests, size = len(self.loaded), int(sum(self.loaded))
        if requests > MOST_REQUESTS:
            self.faults.append(f"{path}: {requests} requests")
        if size > MOST_BYTES:
            self.faults.append(f"{path}: {size} bytes on the wire")
        self.judge(path)
        self.figures.append((requests, size, self.nodes, path))
        return True

    def judge(self, name: str) -> None:
        page = self.page
        self.nodes = page.evaluate("document.querySelectorAll('*').length")
        if self.nodes > MOST_NODES:
            self.faults.append(f"{name}: {self.nodes} elements")
        page.evaluate("document.querySelectorAll('details').forEach(node => { node.open = true; })")
        found = page.evaluate(SMALL)
        self.faults += [f"{name} at 360: {fault}" for fault in found]
        kinds = page.evaluate(NEW_KINDS, sorted(_seen))
        self._axe(f"{name} at 360, light", known=True)
        self._wide(name)
        if kinds:
            self._other_dresses(name)
            _seen.update(kinds)

    def _other_dresses(self, name: str) -> None:
        page = self.page
        self.dressed += 1
        page.set_viewport_size(DESK)
        self._axe(f"{name} at 1280, light", only_new=True, known=True)
        page.evaluate(HIDE_SPARES)
        self._axe(f"{name} at 1280, light", COLOURS, only_new=True)
        page.emulate_media(color_scheme="dark")
        self._axe(f"{name} at 1280, dark", COLOURS, only_new=True)
        page.set_viewport_size(PHONE)
        self._axe(f"{name} at 360, dark", COLOURS, only_new=True)
        page.emulate_media(color_scheme="light")
        self._axe(f"{name} at 360, light", COLOURS, only_new=True)

    def _wide(self, name: str) -> None:
        self.page.set_viewport_size(DESK)
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        self.page.set_viewport_size(PHONE)
        if wide > DESK["width"]:
            self.faults.append(f"{name} at 1280: {wide} px wide")

    def _axe(self, name: str, rules: list[str] | None = None, *, only_new: bool = False, known: bool = False) -> None:
        self.judged += 1
        skipped = {rule: {"enabled": False} for rule in COLOURS} if known else None
        found = self.page.evaluate(AXE, [rules, only_new, skipped])
        self.faults += [f"{name}: {fault}" for fault in found]

    def verdict(self) -> None:
        if self.figures:
            requests, size = max(row[0] for row in self.figures), max(self.figures, key=lambda row: row[1])
            nodes = max(self.figures, key=lambda row: row[2])
            print(
                f"{len(self.figures)} pages, at most {requests} requests, {size[1]} bytes ({size[3]}), "
                f"{nodes[2]} elements ({nodes[3]}); axe ran {self.judged} times, {self.dressed} pages had kinds of elements for all four dresses"
            )
        assert not self.faults, "\n".join(self.faults)
