"""Who sees a card. Sensitive ones (bullying, mental health, fraud, weapons) are seen by named people only (B20)."""

from dataclasses import dataclass

RESTRICTED_GROUPS = ("bully", "mind", "fraud")
RESTRICTED_CODES = ("sec-weapon",)


def is_restricted_category(code: str | None) -> bool:
    """True for a category whose cards only named people see."""
    return code is not None and (code.split("-")[0] in RESTRICTED_GROUPS or code in RESTRICTED_CODES)


@dataclass(frozen=True, slots=True)
class Sight:
    """How a person stands to a card when it comes to seeing it.

    `in_scope`: its place lies in their part of the tree. `involved`: reported it, answers for it, helps, watches,
    supervises. `received`: it was escalated to a grid of theirs. `named`: is on the school's list for sensitive cards.
    """

    in_scope: bool = False
    involved: bool = False
    received: bool = False
    named: bool = False


def may_see(*, restricted: bool, sight: Sight) -> bool:
    """The one rule of sight, for boards, lists, messages, exports and the card itself."""
    if sight.involved:
        return True
    if restricted:
        return sight.named and (sight.in_scope or sight.received)
    return sight.in_scope or sight.received
