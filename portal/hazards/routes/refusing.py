"""A refusal taken up by a form: which status, which field, in which words."""

from dataclasses import dataclass
from typing import Any

from portal.core.clock import now
from portal.core.refusals import Conflict, Invalid, Refused
from portal.hazards.labels import STATUS
from portal.rendering.i18n import translator
from portal.rendering.moments import moment_text
from portal.web.labels import REFUSALS


@dataclass(frozen=True, slots=True)
class Taken:
    """What the page shows of a refusal: its status, a sentence per field, and the sentence of a lost race."""

    status: int
    errors: dict[str, str]
    conflict: str = ""


def take_up(refusal: Refused, language: str, *, field: str = "") -> Taken:
    """The refusal for a form. `Invalid` names its fields; any other stands at `field`. Not found stays not found."""
    if refusal.status == 404:
        raise refusal
    translate = translator(language)
    if isinstance(refusal, Invalid):
        return Taken(422, {_place(name): translate(REFUSALS[code]) for name, code in refusal.fields.items()})
    params: dict[str, Any] = dict(refusal.params)
    if isinstance(params.get("to"), str) and params["to"] in STATUS:
        params["to"] = translate(STATUS[params["to"]])
    if "at" in params:
        params["at"] = moment_text(params["at"], at=now(), language=language)
    text = translate(REFUSALS[refusal.code], **params)
    return Taken(409, {}, text) if isinstance(refusal, Conflict) else Taken(refusal.status, {_place(field): text})


def _place(field: str) -> str:
    """Where on the card's page the sentence is about: which move it is to be is no field but the whole of the moves."""
    return field if field not in ("", "to") else "moves"
