"""The page of one's own key."""

from dataclasses import dataclass
from datetime import datetime

from portal.letters import labels
from portal.rendering.i18n import translator
from portal.web.again import Typed


@dataclass(frozen=True, slots=True)
class KeyView:
    """Since when there is a key, the consent as it reads now, and the edition that was agreed to."""

    since: datetime | None
    edition: int
    consent: tuple[str, ...]
    agreed: int | None
    typed: Typed


def key_view(since: datetime | None, agreed: int | None, typed: Typed, language: str) -> KeyView:
    """The page in the reader's language."""
    say = translator(language)
    text = tuple(say(one) for one in labels.CONSENTS[labels.CONSENT_EDITION])
    return KeyView(since, labels.CONSENT_EDITION, text, agreed, typed)
