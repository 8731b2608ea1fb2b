"""`python -m portal import FILE --school NAME [--yes]`: the same preview as the page, then the same import."""

import argparse
import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from portal.core.actors import SYSTEM, Actor
from portal.core.crypto import use_key_file
from portal.core.database import close_database, fetch_value, open_database
from portal.core.migrate import migrate_open_database
from portal.core.refusals import Refused
from portal.grids.services import make_organisation
from portal.importing import labels
from portal.importing.plan import Plan
from portal.importing.queries import BatchRow, School, batch_row, preview_of, schools_to_import
from portal.importing.rows import Severity
from portal.importing.services import apply_import, stage_import, throw_away_import
from portal.importing.views import refusal_text, remark
from portal.rendering.i18n import LANGUAGES, SOURCE, translator
from portal.serving.folder import prepare_folder, prepare_key
from portal.settings import Settings

OPERATOR = Actor(person_id=None, account_id=None, org_id=None, name="system", via="cli", is_system=True)
"""Whoever may run commands on the server stands above the roles; the event says that it came from there."""


async def run(settings: Settings, arguments: Sequence[str]) -> int:
    """Shows what FILE would do to the school; with --yes imports it. Status 0 when nothing stands in the way."""
    asked = _parser().parse_args(list(arguments))
    prepare_folder(settings)
    prepare_key(settings)
    use_key_file(settings.key_file)
    await open_database(settings.database_url)
    try:
        await migrate_open_database()
        return await import_file(
            Path(asked.file), school=asked.school, yes=asked.yes, new=asked.new, language=asked.language
        )
    finally:
        await close_database()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m portal import", description=__doc__)
    parser.add_argument("file", metavar="FILE", help="CSV (UTF-8, GBK) or xlsx")
    parser.add_argument("--school", required=True, metavar="NAME")
    parser.add_argument("--yes", action="store_true", help="confirm every question and import")
    parser.add_argument("--new", action="store_true", help="make the school when there is none of that name")
    parser.add_argument("--language", choices=LANGUAGES, default=SOURCE)
    return parser


async def import_file(file: Path, *, school: str, yes: bool, new: bool, language: str) -> int:
    """The command with an open database; also what loads the demonstration school."""
    tell = _teller(language)
    try:
        data = await asyncio.to_thread(file.read_bytes)
    except OSError:
        tell("no_file", file=file)
        return 2
    found = await _school(school, new=new, language=language)
    if found is None:
        return 2
    try:
        batch_id = await stage_import(data, file.name, school_id=found.id, by=OPERATOR)
        return await _show_and_import(await batch_row(batch_id, by=SYSTEM), yes=yes, language=language)
    except Refused as refusal:
        print(refusal_text(refusal, language))
        return 1


async def _show_and_import(batch: BatchRow, *, yes: bool, language: str) -> int:
    preview = await preview_of(batch, by=OPERATOR)
    assert preview is not None
    plan, tell = preview.plan, _teller(language)
    _show(plan, batch.school, language)
    if plan.errors or not plan.total or not yes:
        await throw_away_import(batch.id, version=batch.version, by=OPERATOR)
    if plan.errors:
        raise Refused("import.has_errors", count=len(plan.errors))
    if not plan.total:
        print(translator(language)(labels.REFUSALS["import.nothing_to_do"]))
    elif not yes:
        tell("confirm" if plan.questions else "not_yet", count=len(plan.questions))
    else:
        answers = {question.code for question in plan.questions}
        made = await apply_import(batch.id, version=batch.version, by=OPERATOR, answers=answers, seen=preview.mark)
        print(translator(language)(labels.FLASHES["import.applied"], **made._asdict()))
    return 0


def _show(plan: Plan, school: str, language: str) -> None:
    tell = _teller(language)
    tell("read", rows=plan.rows, school=school)
    for oddity in plan.oddities:
        said = remark(oddity, language)
        tell(
            "line", severity=said.label, sheet=oddity.sheet, row=oddity.row, column=said.column, what=said.what,
            remedy=said.remedy,
        )  # fmt: skip
    tell("counts", errors=_count(plan, "error"), asks=_count(plan, "ask"), notes=_count(plan, "note"))
    tell(
        "would_make", grids=len(plan.grids), posts=len(plan.posts), people=len(plan.persons),
        appointments=len(plan.appointments), left_alone=plan.left_alone,
    )  # fmt: skip


def _count(plan: Plan, severity: Severity) -> int:
    return sum(oddity.severity == severity for oddity in plan.oddities)


async def _school(name: str, *, new: bool, language: str) -> School | None:
    schools = await schools_to_import(by=OPERATOR)
    found = next((school for school in schools if school.name == name), None)
    tell = _teller(language)
    if found is None and new:
        school_id = await make_organisation(name, kind="school", bureau_id=await _only_bureau(), by=OPERATOR)
        found = School(school_id, name)
        tell("made_school", school=name)
    elif found is None:
        tell("no_school", school=name, schools=" ".join(school.name for school in schools) or "0")
    return found


async def _only_bureau() -> int | None:
    """The bureau, where there is exactly one."""
    count = await fetch_value("SELECT COUNT(*) FROM organisation WHERE kind = 'bureau'")
    found = await fetch_value("SELECT MIN(grid_id) FROM organisation WHERE kind = 'bureau'")
    return int(found) if count == 1 else None


def _teller(language: str) -> Callable[..., None]:
    """Prints the command's sentences in one language."""
    translate = translator(language)

    def tell(code: str, **params: object) -> None:
        print(translate(labels.COMMAND[code], **params))

    return tell
