"""What these routes share: a refused form as it is shown again, in its own words and places."""

from collections.abc import Mapping

from portal.core.refusals import Conflict, Forbidden, Invalid, NotFound, Refused
from portal.letters.at_office.forms import HIDDEN
from portal.web.again import AnyRequest, Typed, beaten
from portal.web.errors import sentence
from portal.web.forms import Form
from portal.web.respond import language_of

HARD = (NotFound, Forbidden)


async def shown_again(
    request: AnyRequest, form: Form, refusal: Refused, letter_id: int, *, place: str, places: Mapping[str, str] = {}
) -> tuple[Typed, int, dict[str, str] | None]:
    """The form as it was typed but for secrets, the status, and headers. What is not found is raised again."""
    if isinstance(refusal, HARD):
        raise refusal
    language = language_of(request)
    kept = {name: text for name, text in form.texts.items() if name not in HIDDEN}
    headers = {"Retry-After": str(refusal.params["seconds"])} if "seconds" in refusal.params else None
    if isinstance(refusal, Conflict):
        said = await beaten("letter", letter_id, language) if refusal.code == "core.conflict" else ""
        return Typed(kept, {}, said or sentence(refusal, language)), refusal.status, headers
    codes = refusal.fields if isinstance(refusal, Invalid) else {places.get(refusal.code, place): refusal.code}
    errors = {name: sentence(Refused(code, **refusal.params), language) for name, code in codes.items()}
    return Typed(kept, errors), refusal.status, headers


async def why_not(request: AnyRequest, refusal: Refused) -> str:
    """A refusal as a sentence of the page."""
    return sentence(refusal, language_of(request))
