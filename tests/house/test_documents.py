"""What the documents name is there; and events, enums and refusals have their words."""

import re
from pathlib import Path

from portal.app import LABELS, register_rooms
from portal.audit.catalogue import KINDS
from portal.hazards.labels import BLOCKED, LEVELS, MOVE, STATUS
from portal.hazards.rules import MOVES, Level, Status
from portal.web.labels import FLASHES, REFUSALS

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"(?<![\w/.])((?:portal|tasks|templates|static|tests|docs|migrations|\.ci)/[\w./-]*[\w/])")
LINKED = re.compile(r"\]\((?!https?:|#)([^)#]+)")
CODE = re.compile(r"""(?:Refused|NotFound|Forbidden|Conflict|TooMany|Busy)\(\s*"([a-z_]+\.[a-z_]+)\"""")
FLASH = re.compile(r"""flash="([a-z_]+\.[a-z_]+)\"""")


def documents() -> list[Path]:
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_every_path_that_a_document_names_is_there() -> None:
    missing = []
    for document in documents():
        text = document.read_text("utf-8")
        for name in NAMED.findall(text):
            if not (ROOT / name).exists() and "var/" not in name:
                missing.append(f"{document.name}: {name}")
        for link in LINKED.findall(text):
            if not (document.parent / link).exists():
                missing.append(f"{document.name}: link to {link}")
    assert not missing, "\n".join(missing)


def test_every_code_of_a_refusal_and_a_flash_has_its_sentence() -> None:
    register_rooms()
    wordless = []
    for path in (ROOT / "portal").rglob("*.py"):
        text = path.read_text("utf-8")
        wordless += [f"{path.name}: {code}" for code in CODE.findall(text) if code not in REFUSALS and code in text]
        wordless += [f"{path.name}: {code}" for code in FLASH.findall(text) if code not in FLASHES]
    assert not wordless, "\n".join(sorted(set(wordless)))


def test_every_event_has_a_sentence() -> None:
    told = {kind for labels in LABELS for kind in getattr(labels, "EVENTS", {})}
    assert set(KINDS) <= told | {"import.applied", "import.undone"}, set(KINDS) - told


def test_every_column_level_and_move_has_its_word() -> None:
    assert set(STATUS) == set(Status) and set(LEVELS) == set(Level)
    arrows = {(str(here), str(to)) for here, tos in MOVES.items() for to in tos}
    assert set(MOVE) == arrows
    assert {arrow for arrow in arrows if arrow[1] != "escalated"} == set(BLOCKED)
