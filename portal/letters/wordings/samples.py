"""A wording as a letter of nobody: what its pages show before anything is published."""

from datetime import timedelta
from typing import Any

from portal.core.clock import today
from portal.letters import labels as letter_labels
from portal.letters.document import Wording, filled, letter_pdf
from portal.letters.document.wording import PUPILS
from portal.letters.wordings import labels
from portal.rendering.i18n import SOURCE, translator
from portal.responsibilities.labels import BASES

CODE = "0" * 32


def sample_facts(base_url: str) -> dict[str, Any]:
    """Facts with invented names, in the letter's own language."""
    say = translator(SOURCE)
    said = {name: say(text) for name, text in labels.SAMPLE.items()}
    first = today() + timedelta(days=1)
    year = say(letter_labels.SCHOOL_YEAR, first=first.year, second=first.year + 1)
    plain = ("number", "school", "grid", "role", "boundary", "superior")
    return {name: said[name] for name in plain} | {
        "year": year, "grid_code": "A-3", "key_places": (said["key_places"],),
        "grounds": (say(next(iter(BASES.values()))),),
        "starts_on": first, "ends_on": first + timedelta(days=300), "code": CODE, "address": f"{base_url}/v/{CODE}",
        "duties": [(said["duty_1"], ""), (said["duty_2"], said["weekly"]), (said["duty_3"], "")],
        "giver": {"unit": said["school"], "post": said["giver_post"], "name": said["giver_name"]},
        "taker": {"unit": said["school"], "post": said["role"], "name": said["taker_name"]},
        "witness": {"unit": said["school"], "post": said["witness_post"], "name": said["witness_name"]},
    }  # fmt: skip


async def sample_pdf(wording: Wording, base_url: str, *, variant: str = "") -> bytes:
    """The sample on paper. Refused: a variant that this wording has not, whatever `filled` refuses, missing glyphs."""
    facts = sample_facts(base_url)
    if wording.kind == PUPILS:
        facts |= {"taker": {**facts["taker"], "name": ""}, "signature_kind": "paper"}
        facts.pop("witness")
    return await letter_pdf(filled(wording, facts | {"variant": variant}))
