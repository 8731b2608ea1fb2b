"""From what a browser sent to what a service takes, or the fields that are wrong (`Invalid`)."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from portal.contact_boards.rules import OFFERED, Field, PlateEnd, PlateFault
from portal.contact_boards.services import Acceptance, PlateNews, PublicNews
from portal.core.crypto import keyed_digest, same
from portal.core.refusals import Invalid
from portal.hazards.rules import Level
from portal.hazards.services import NewPhoto

MOST_PHOTOS = 3
LONGEST_TITLE = 100
_PHONE = re.compile(r"\+?[\d\s()-]{7,24}")


class Texts(Protocol):
    """What a form is read through (`portal.web.forms.Form` fits)."""

    def get(self, name: str, default: str = "") -> str: ...
    def all(self, name: str) -> list[str]: ...


def parse_news(form: Texts, photos: tuple[NewPhoto, ...], network: str) -> PublicNews:
    """A stranger's report: one line; a number if they like."""
    errors = {}
    title, phone = _line(form.get("title")), form.get("phone")
    if not title:
        errors["title"] = "contact_board.need_title"
    elif len(title) > LONGEST_TITLE:
        errors["title"] = "contact_board.title_too_long"
    if phone and not (_PHONE.fullmatch(phone) and 7 <= len(re.sub(r"\D", "", phone)) <= 15):
        errors["phone"] = "contact_board.phone_wrong"
    if len(photos) > MOST_PHOTOS:
        errors["photos"] = "contact_board.too_many_photos"
    if errors:
        raise Invalid(errors)
    return PublicNews(title=title, form_key=form.get("form_key"), network=network, phone=phone, photos=photos)


def parse_plate_news(form: Texts, network: str) -> PlateNews:
    """What a stranger says of a plate: which fault, and a line if they like."""
    errors, fault, line = {}, form.get("fault"), _line(form.get("line"))
    if fault not in set(PlateFault):
        errors["fault"] = "contact_board.need_fault"
    if len(line) > LONGEST_TITLE:
        errors["line"] = "contact_board.title_too_long"
    if errors:
        raise Invalid(errors)
    return PlateNews(PlateFault(fault), line, form.get("form_key"), network)


def parse_plate_end(form: Texts) -> PlateEnd:
    """How the office ends a report about a plate."""
    if form.get("end") not in set(PlateEnd):
        raise Invalid({"end": "screening.need_end"})
    return PlateEnd(form.get("end"))


def parse_acceptance(form: Texts) -> Acceptance:
    """What the screener says of a report that becomes a card."""
    level, title = form.get("level"), _line(form.get("title"))
    if level and level not in set(Level):
        raise Invalid({"level": "hazard.unknown_level"})
    if len(title) > LONGEST_TITLE:
        raise Invalid({"title": "contact_board.title_too_long"})
    return Acceptance(
        title=title, version=number(form.get("version")), level=Level(level) if level else None,
        category=form.get("category") or None, confidential=form.get("confidential") == "1",
    )  # fmt: skip


def parse_fields(form: Texts) -> Collection[Field]:
    """Which fields are ticked; whatever else was sent is nothing."""
    return {field for field in OFFERED if field in form.all("field")}


def number(text: str) -> int:
    """A version or an id; -1, which no row has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _line(text: str) -> str:
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class KeptPhoto:
    """A photo that has been sent once already, as the form carries it on: signed, so that nobody names another's."""

    text: str
    photo: NewPhoto


def kept_photo(photo: NewPhoto, form_key: str) -> KeptPhoto:
    """How a form carries a photo on."""
    body = f"{photo.digest}.{photo.thumb_digest}.{photo.width}.{photo.height}"
    return KeptPhoto(f"{body}.{_mark(body, form_key)}", photo)


def photos_kept(form: Texts) -> list[KeptPhoto]:
    """The photos that this form has carried on; what we did not sign is left out."""
    found = []
    for text in form.all("kept")[:MOST_PHOTOS]:
        body, _, mark = text.rpartition(".")
        parts = body.split(".")
        if len(parts) == 4 and same(mark, _mark(body, form.get("form_key"))):
            found.append(KeptPhoto(text, NewPhoto(parts[0], parts[1], int(parts[2]), int(parts[3]))))
    return found


def _mark(body: str, form_key: str) -> str:
    return keyed_digest("kept-photo", f"{form_key} {body}")[:32]
