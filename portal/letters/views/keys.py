"""The page of one's own key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.letters import labels
from portal.letters.queries.passkeys import PasskeyRow
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
    passkeys: tuple[PasskeyRow, ...] = ()
    may_add: bool = False
    is_fresh: bool = True  # signed in a short while ago: only then a key is made

    @property
    def is_ready(self) -> bool:
        """Whether one can sign with it: an older text than the one of now is agreed to anew, with the same key."""
        return self.since is not None and self.agreed == self.edition


def key_view(
    since: datetime | None, agreed: int | None, typed: Typed, language: str, *,
    passkeys: Sequence[PasskeyRow] = (), has_site: bool = False, is_fresh: bool = True,
) -> KeyView:  # fmt: skip
    """The page in the reader's language. `has_site`: browsers know passkeys for this address."""
    say = translator(language)
    text = tuple(say(one) for one in labels.CONSENTS[labels.CONSENT_EDITION])
    may_add = has_site and since is not None and agreed == labels.CONSENT_EDITION
    return KeyView(since, labels.CONSENT_EDITION, text, agreed, typed, tuple(passkeys), may_add, is_fresh)
