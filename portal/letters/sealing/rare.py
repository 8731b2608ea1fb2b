"""Signs that our own font lacks, from a font of the system: a rare name is drawn too. In the sealing process only."""

import subprocess
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from fontTools.ttLib import TTFont

SECONDS = 5
STYLES = ("regular", "medium", "light")


class Rare(NamedTuple):
    """A sign in a font of the system."""

    font: TTFont
    glyphs: Any
    name: str


@lru_cache(maxsize=500)
def rare_sign(sign: str) -> Rare | None:
    """A font of the system that has this sign, the same each time on one machine; None without one."""
    for path, index in _places(sign):
        found = _opened(path, index)
        if found is not None and (name := found.font.getBestCmap().get(ord(sign))):
            return found._replace(name=name)
    return None


def _places(sign: str) -> list[tuple[str, int]]:
    """Files that have it, as fontconfig knows them: those of ordinary weight and of Chinese shapes first."""
    asked = ["fc-list", f":charset={ord(sign):x}", "--format", "%{file}\t%{index}\t%{family}\n"]
    try:
        told = subprocess.run(asked, capture_output=True, timeout=SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return []
    found = [line.split("\t") for line in told.stdout.decode(errors="replace").splitlines()]
    ranked = sorted((_rank(path, family), path, int(index) & 0xFFFF) for path, index, family in found)
    return [(path, index) for _, path, index in ranked]


def _rank(path: str, family: str) -> tuple[int, bool]:
    name = Path(path).stem.lower()
    style = next((at for at, style in enumerate(STYLES) if style in name), len(STYLES))
    return style, "SC" not in family.split(",", maxsplit=1)[0]


@cache
def _opened(path: str, index: int) -> Rare | None:
    try:
        is_many = Path(path).suffix.lower() in (".ttc", ".otc")
        font = TTFont(path, fontNumber=index if is_many else -1, lazy=True)
        return Rare(font, font.getGlyphSet(), "")
    except Exception:  # a font that cannot be read has no sign for us
        return None
