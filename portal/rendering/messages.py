"""The catalogues: `python -m portal.rendering.messages extract | compile | check`.

`extract` gathers every message of templates and `labels.py` into the catalogues and drops what is gone;
`compile` writes what the portal reads; `check` fails on a message without a translation, a stale one, a lost
parameter, or an old compilation. They need Babel, which only development installs.
"""

import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from portal.rendering.assets import ROOT
from portal.rendering.i18n import DOMAIN, LANGUAGES, LOCALES, SOURCE

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

KEYWORDS = {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2)}
OPTIONS = {
    "extensions": "jinja2.ext.do",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "newstyle_gettext": "true",
    "silent": "false",
}
# A fixed date: a catalogue changes when its words change, and at no other time.
MADE = datetime(2026, 1, 1, tzinfo=UTC)
_HOLE = re.compile(r"\{\w+\}|%\(\w+\)s")
_CHINESE = re.compile("[\u3400-\u9fff]")

Message = str | tuple[str, ...]


def po_file(language: str) -> Path:
    """The catalogue that people write; its compilation stands beside it."""
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def sources() -> Iterator[tuple[Path, str]]:
    """Every file that may hold messages, with Babel's way to read it."""
    for file in sorted((ROOT / "templates").rglob("*.*")):
        yield file, "jinja2.ext:babel_extract"
    for folder in ("portal", "tasks"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            yield file, "python"


def found() -> dict[Message, list[str]]:
    """Every message, with the files it stands in. Line numbers are left out: they would change every day."""
    from babel.messages.extract import extract

    messages: dict[Message, list[str]] = {}
    for file, method in sources():
        place = file.relative_to(ROOT).as_posix()
        with file.open("rb") as opened:
            for _, message, _, _ in extract(method, opened, KEYWORDS, options=OPTIONS):
                places = messages.setdefault(message, [])
                if message and place not in places:
                    places.append(place)
    return {message: places for message, places in messages.items() if message}


def extract_messages(language: str) -> str:
    """Bring one catalogue up to the sources; what is translated stays, what is gone goes."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    done = translations(language)
    catalog = Catalog(
        locale=language,
        project=DOMAIN,
        version="1",
        header_comment=f"# {DOMAIN}: {language}",
        msgid_bugs_address=DOMAIN,
        last_translator=DOMAIN,
        language_team=language,
        creation_date=MADE,
        revision_date=MADE,
        fuzzy=False,
    )
    for message, places in sorted(found().items(), key=lambda item: (item[1][0], str(item[0]))):
        catalog.add(message, done.get(message), locations=[(place, 1) for place in places])
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=0, include_lineno=False)
    po_file(language).parent.mkdir(parents=True, exist_ok=True)
    po_file(language).write_bytes(buffer.getvalue())
    return f"{language}: {len(catalog)} messages, {len(untranslated(language))} without a translation"


def read(language: str) -> "Catalog":
    """The catalogue that people write."""
    from babel.messages.pofile import read_po

    with po_file(language).open("rb") as opened:
        return read_po(opened, locale=language)


def translations(language: str) -> dict[Message, Message]:
    """What is translated so far."""
    if not po_file(language).exists():
        return {}
    return {_key(message.id): _key(message.string or "") for message in read(language) if message.id}


def untranslated(language: str) -> list[Message]:
    """Messages of the catalogue whose translation is missing in one of its forms."""
    done = translations(language)
    return [message for message, text in done.items() if not (all(text) if isinstance(text, tuple) else text)]


def compiled(language: str) -> bytes:
    """What the portal reads, as bytes."""
    from babel.messages.mofile import write_mo

    buffer = io.BytesIO()
    write_mo(buffer, read(language))
    return buffer.getvalue()


def compile_messages(language: str) -> str:
    """Write the compilation."""
    body = compiled(language)
    po_file(language).with_suffix(".mo").write_bytes(body)
    return f"{language}: {len(body)} bytes"


def faults(language: str) -> list[str]:
    """What is wrong with a catalogue, one sentence each; nothing when it is in order."""
    done, wanted = translations(language), found()
    new = [message for message in wanted if message not in done]
    said = [f"not in the catalogue: {message!r} ({', '.join(wanted[message])})" for message in new]
    said += [f"no longer in the sources: {message!r}" for message in done if message not in wanted]
    said += [f"without a translation: {message!r}" for message in untranslated(language)]
    for message, text in done.items():
        for original, translated in zip(_forms(message), _forms(text), strict=False):
            if translated and set(_HOLE.findall(original)) != set(_HOLE.findall(translated)):
                said.append(f"other parameters than its source: {original!r} {translated!r}")
            if language == "en" and _CHINESE.search(translated):
                said.append(f"still Chinese: {translated!r}")
    mo = po_file(language).with_suffix(".mo")
    if not mo.exists() or mo.read_bytes() != compiled(language):
        said.append("the compilation is old: run `python -m portal.rendering.messages compile`")
    return said


def _key(text: str | list[str] | tuple[str, ...]) -> Message:
    return text if isinstance(text, str) else tuple(text)


def _forms(text: Message) -> tuple[str, ...]:
    return text if isinstance(text, tuple) else (text,)


def main(arguments: list[str]) -> int:
    """Run one of the three commands over every language but the source."""
    targets = [language for language in LANGUAGES if language != SOURCE]
    if arguments not in (["extract"], ["compile"], ["check"]):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    wrong = 0
    for language in targets:
        if arguments == ["check"]:
            said = faults(language)
            wrong += len(said)
        else:
            said = [extract_messages(language) if arguments == ["extract"] else compile_messages(language)]
        sys.stdout.writelines(f"{line}\n" for line in said)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
