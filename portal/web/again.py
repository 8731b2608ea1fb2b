"""A refused form as its page shows it again: what was typed, what is wrong, who was first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Request

from portal.core.clock import now
from portal.core.refusals import Conflict, Invalid, Refused
from portal.grids.queries import last_change
from portal.rendering.i18n import translator
from portal.rendering.moments import moment_text
from portal.web.errors import sentence
from portal.web.forms import Form
from portal.web.labels import BEATEN, BEATEN_BY_NOBODY, REFUSALS
from portal.web.respond import language_of

AnyRequest = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it was typed, with the sentence for each field that is wrong."""

    texts: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    beaten: str = ""
    """Somebody was first: who and when, in words."""

    def get(self, name: str) -> str:
        """The text of a field."""
        return self.texts.get(name, "")

    def wrong(self, name: str) -> str:
        """The sentence about a field, or nothing."""
        return self.errors.get(name, "")


async def typed_again(
    request: AnyRequest, form: Form, refusal: Refused, *, about: tuple[str, int], place: str = "name"
) -> tuple[Typed, int]:
    """The form with its errors and the status of the answer (422 or 409).

    `about` is the kind and id of what was to be changed; `place` the field that a refusal of the service belongs to.
    What is not found or not allowed is no matter of the form and is raised again.
    """
    language = language_of(request)
    if isinstance(refusal, Conflict):
        return Typed(form.texts, {}, await beaten(*about, language)), refusal.status
    if refusal.status != Refused.status:
        raise refusal
    if isinstance(refusal, Invalid):
        say = translator(language)
        return Typed(form.texts, {name: say(REFUSALS[code]) for name, code in refusal.fields.items()}), refusal.status
    return Typed(form.texts, {place: sentence(refusal, language)}), refusal.status


async def beaten(kind: str, subject_id: int, language: str) -> str:
    """Who changed it, and when."""
    change = await last_change(kind, subject_id)
    if change is None:
        return translator(language)(REFUSALS["core.conflict"])
    moment = moment_text(change.at, at=now(), language=language)
    label = BEATEN if change.name else BEATEN_BY_NOBODY
    return translator(language)(label, name=change.name, moment=moment)
