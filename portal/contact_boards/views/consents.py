"""The form of what somebody agrees to, with their portrait beside it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from portal.contact_boards.labels import FIELDS, HINTS
from portal.contact_boards.queries.consents import Consenting
from portal.contact_boards.rules import OFFERED
from portal.rendering.i18n import translator


@dataclass(frozen=True, slots=True)
class ConsentPage:
    """What somebody agrees to; of oneself, or recorded from paper. `portrait` is a picture, empty without one."""

    person_id: int
    name: str
    action: str
    removal: str
    back: str
    options: tuple[tuple[str, str, str, bool], ...]
    on_paper: bool
    portrait: str
    errors: Mapping[str, str] = field(default_factory=dict)


def consent_page(
    person: Consenting, portrait: str, language: str, *, on_paper: bool, ticked: Collection[str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> ConsentPage:  # fmt: skip
    """The form with what holds now, or with what was ticked before something was wrong."""
    say, given = translator(language), person.fields if ticked is None else ticked
    options = tuple((str(one), say(FIELDS[one]), say(HINTS[one]), one in given) for one in OFFERED)
    here = f"/people/{person.id}" if on_paper else "/account"
    return ConsentPage(
        person.id, person.name, f"{here}/consents", f"{here}/portraits/removals", here, options, on_paper, portrait,
        errors or {},
    )  # fmt: skip
