"""Whose a card is, and who may press: urging, saying that it is disputed, ruling (R20, R50). Pure."""

from portal.hazards.rules.moves import Standing

WORKED_ON = ("assigned", "rectifying")
LONGEST_REASON = 500
"""A reason stands on the card for everybody; a story belongs into the notes."""


def wrong_reason(reason: str, missing: str) -> str:
    """What is wrong with a reason, as a code: `missing` where there is none; "" for a good one."""
    return missing if not reason else "hazard.reason_too_long" if len(reason) > LONGEST_REASON else ""


def may_urge(status: str, *, who: Standing, in_scope: bool, supervises: bool) -> bool:
    """Whoever looks after a card that is being worked on and is not theirs to do: above it, attached to the place, or
    supervising it by the matrix."""
    looks_after = who.above or who.receiver or who.supervises or in_scope or supervises
    return status in WORKED_ON and looks_after and not (who.responsible or who.helper)


def may_dispute(status: str, *, is_disputed: bool, who: Standing) -> bool:
    """The responsible, or anybody above, while it is worked on; once until it is ruled."""
    return status in WORKED_ON and not is_disputed and (who.responsible or who.above)


def may_rule(status: str, *, is_disputed: bool, is_first: bool) -> bool:
    """The first responsible person, where somebody has said that it is disputed."""
    return status != "closed" and is_disputed and is_first
