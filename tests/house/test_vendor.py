"""Third-party files are exactly those that their manifest names, byte for byte, with their licence."""

import hashlib
import json
from pathlib import Path

VENDOR = Path(__file__).parents[2] / "static" / "vendor"
ENTRIES = json.loads((VENDOR / "manifest.json").read_text("utf-8"))


def test_every_entry_says_what_it_is():
    assert ENTRIES
    for entry in ENTRIES:
        assert all(entry[key] for key in ("name", "version", "licence", "file", "sha256")), entry


def test_the_bytes_are_those_that_were_reviewed():
    changed = [
        entry["file"]
        for entry in ENTRIES
        if hashlib.sha256((VENDOR / entry["file"]).read_bytes()).hexdigest() != entry["sha256"]
    ]
    assert not changed, f"these differ from static/vendor/manifest.json: {changed}"


def test_nothing_lies_there_unnamed():
    named = {entry["file"] for entry in ENTRIES} | {entry.get("licence_file", "") for entry in ENTRIES}
    there = {file.relative_to(VENDOR).as_posix() for file in VENDOR.rglob("*") if file.is_file()}
    stray = {
        file for file in there - named - {"manifest.json"} if not Path(file).name.upper().startswith(("LICENSE", "OFL"))
    }
    assert not stray, f"in static/vendor but not in its manifest: {sorted(stray)}"


def test_every_third_party_file_brings_its_licence():
    for entry in ENTRIES:
        folder = (VENDOR / entry["file"]).parent
        licence = VENDOR / entry["licence_file"] if "licence_file" in entry else next(folder.glob("LICENSE*"), None)
        assert licence, f"no licence beside {entry['file']}"
        assert licence.is_file(), licence
