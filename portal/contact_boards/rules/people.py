"""What a stranger may read about a person: nothing that the person has not agreed to (TA10, R180). Pure."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

_MOBILE = re.compile(r"(?:\+?86)?(1\d{2})\d{4}(\d{4})")


class Field(StrEnum):
    """What somebody may agree to have shown, each by itself."""

    NAME = "name"
    MOBILE = "mobile"
    PHOTO = "photo"


OFFERED = (Field.NAME, Field.MOBILE, Field.PHOTO)
"""What a form asks for, in its order."""
SMALLEST_PORTRAIT = 96
"""px; less than that is no face on a poster."""


@dataclass(frozen=True, slots=True)
class PublicPerson:
    """Somebody as a board or a poster shows them.

    `name` is empty without consent; `phone` is masked always; `number` is the whole mobile, only with consent: it goes
    onto paper, or is shown when somebody asks for it by POST, and never stands in a page that a robot can fetch.
    `portrait` is the digest of the small picture, and empty without consent.
    """

    title: str
    name: str = ""
    phone: str = ""
    number: str = ""
    portrait: str = ""

    @property
    def called(self) -> str:
        """The name, or what the post is called."""
        return self.name or self.title


def public_person(
    *, title: str, name: str = "", mobile: str = "", portrait: str = "", is_pupil: bool = False,
    consents: Collection[str] = (),
) -> PublicPerson | None:  # fmt: skip
    """What strangers may read about the holder of a post; None for a pupil, who never stands on a board.

    Without consent that is the title of the post and a masked mobile.
    """
    if is_pupil:
        return None
    return PublicPerson(
        title=title,
        name=name if Field.NAME in consents else "",
        phone=masked(mobile),
        number=mobile if Field.MOBILE in consents else "",
        portrait=portrait if Field.PHOTO in consents else "",
    )


def picture_name(digest: str) -> str:
    """What a portrait is called in the address of a page: nobody guesses it, another one has another."""
    return f"{digest[:16]}.jpg"


def masked(number: str) -> str:
    """138****1234; nothing at all of any other number, for it may be somebody's home."""
    found = _MOBILE.fullmatch(re.sub(r"[\s()-]", "", number))
    return f"{found[1]}****{found[2]}" if found else ""
