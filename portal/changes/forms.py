"""The wizard's form: the same texts by a link, in the preview and in the POST; text in, a plan or coded errors out."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from portal.changes.rules import TAKEN_AS, Change, Giving, Named, Plan, Taking, Then, who_is_meant
from portal.core.refusals import Invalid
from portal.grids.rules import parse_id

MOST_TAKEN = 4
LINE = re.compile(r"give-(\d{1,9})")
YEARS = range(2000, 2200)
FIELDS = (
    "org", "kind", "person", "name", "staff_no", "announced_on", "handover_on", "last_day", "note",
    *(f"{name}-{number}" for name in ("take", "take_as") for number in range(MOST_TAKEN)),
)  # fmt: skip


def kept(texts: Mapping[str, str]) -> dict[str, str]:
    """Of what came in, what the wizard knows: nothing else travels from step to step."""
    known = {name: texts[name] for name in FIELDS if texts.get(name)}
    return known | {name: text for name, text in texts.items() if re.fullmatch(r"give(_to|_who|_until)?-\d{1,9}", name)}


def parse_plan(texts: Mapping[str, str], *, today: date) -> Plan:
    """The announced change, or `Invalid` with a code for each field."""
    errors: dict[str, str] = {}
    kind = Change(texts["kind"]) if texts.get("kind") in list(Change) else None
    if kind is None:
        errors["kind"] = "changes.person_missing"
    handover = parse_day(texts.get("handover_on", ""), "handover_on", errors, must=True)
    announced = parse_day(texts.get("announced_on", ""), "announced_on", errors) or today
    last = parse_day(texts.get("last_day", ""), "last_day", errors, must=kind in (Change.LEAVE, Change.ACTING))
    gives = tuple(_gives(texts, errors))
    takes = tuple(_takes(texts)) if kind in (Change.JOINING, Change.MOVING, Change.ACTING) else ()
    person = parse_id(texts.get("person", ""))
    for name, most in (("name", 60), ("staff_no", 40), ("note", 500)):
        if len(texts.get(name, "")) > most:
            errors[name] = "changes.too_long"
    if person is None and not texts.get("name"):
        errors["name"] = "changes.person_missing"
    if errors or kind is None or handover is None:
        raise Invalid(errors)
    if kind is Change.ACTING:
        takes = tuple(Taking(one.post_id, "acting") for one in takes)
    return Plan(
        kind=kind, person_id=person, announced_on=announced, handover_on=handover, name=texts.get("name", ""),
        staff_no=texts.get("staff_no", ""), last_day=last, takes=takes, note=texts.get("note", ""),
        gives=gives if kind in (Change.LEAVING, Change.MOVING, Change.LEAVE) else (),
    )  # fmt: skip


def name_people(texts: Mapping[str, str], staff: Sequence[Named]) -> tuple[dict[str, str], dict[str, str]]:
    """The form with a person for each name that was typed, and a code for each name that says nobody for sure."""
    found, errors = dict(texts), {}
    labels = {one.id: one.label for one in staff}
    for name, text in texts.items():
        line = LINE.fullmatch(name)
        typed = texts.get(f"give_who-{line[1]}", "") if line else ""
        if line is None or not typed or text not in (Then.HOLDER, Then.ACTING):
            continue
        meant, code = who_is_meant(typed, parse_id(texts.get(f"give_to-{line[1]}", "")), staff)
        if code or meant is None:
            errors[f"give_who-{line[1]}"] = code
            found.pop(f"give_to-{line[1]}", None)
        else:
            found |= {f"give_to-{line[1]}": str(meant), f"give_who-{line[1]}": labels[meant]}
    return found, errors


def _gives(texts: Mapping[str, str], errors: dict[str, str]) -> list[Giving]:
    found = []
    for name, text in texts.items():
        line = LINE.fullmatch(name)
        if line is None or text not in list(Then):
            continue
        number = line[1]
        until = parse_day(texts.get(f"give_until-{number}", ""), f"give_until-{number}", errors)
        found.append(Giving(int(number), Then(text), parse_id(texts.get(f"give_to-{number}", "")), until))
    return found


def _takes(texts: Mapping[str, str]) -> list[Taking]:
    found = []
    for number in range(MOST_TAKEN):
        post_id, how = parse_id(texts.get(f"take-{number}", "")), texts.get(f"take_as-{number}", "")
        if post_id is not None:
            found.append(Taking(post_id, how if how in TAKEN_AS else "replace"))
    return found


def parse_day(text: str, field: str, errors: dict[str, str], *, must: bool = False) -> date | None:
    """A day as browsers send it; nothing for an empty field unless it must be there."""
    if not text:
        if must:
            errors[field] = "changes.date_missing"
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        errors[field] = "changes.date_wrong"
        return None
    return day
