"""From the forms of the arrangements to what the services take."""

from portal.core.refusals import Invalid
from portal.hazards.arranging.services import Limit
from portal.hazards.forms import Texts
from portal.hazards.rules import OPEN, Status

HARD = Status.RECTIFYING
"""The one column whose limit may be hard: it then counts for each responsible person (A3)."""
LIMITED = tuple(status for status in Status if status in OPEN)


def parse_limits(form: Texts) -> dict[str, Limit]:
    """How many cards each column should hold, and whether that is hard; nothing written means no limit."""
    errors, found = {}, {}
    for status in LIMITED:
        text = form.get(f"most_{status}") or "0"
        if not (text.isascii() and text.isdigit() and len(text) <= 3):
            errors[f"most_{status}"] = "limit.wrong"
        else:
            found[str(status)] = (int(text), status is HARD and form.get(f"hard_{status}") == "1" and int(text) > 0)
    if errors:
        raise Invalid(errors)
    return found


def parse_person(form: Texts) -> int:
    """The person who is chosen."""
    text = form.get("person")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Invalid({"person": "viewer.person_missing"})
    return int(text)
