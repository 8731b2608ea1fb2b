"""Who may sign on the office's device, and who may stand by (R110). Pure.

In plain words: only somebody of the staff without an account, in their turn, in bytes that were put before them here.
Two others say that it was them: the first lends their key, and stands in the file as a witness; the second has no
place in the letter at all.
"""

from collections.abc import Sequence

from portal.core.refusals import Conflict, NotFound, Refused
from portal.letters.rules.signing import Party, turn_of


def check_at_office(
    parties: Sequence[Party],
    place_id: int,
    *,
    is_staff: bool,
    has_account: bool,
    read: str | None,
    now_is: str | None,
    seen: str,
) -> Party:
    """The place that is signed here now.

    Refused: a place that is not in this letter; a pupil; whoever can sign for themselves; a letter without a file, one
    that somebody refused, a place that is signed or whose turn has not come; bytes that changed, or that nobody opened.
    """
    place = next((one for one in parties if one.id == place_id), None)
    if place is None:
        raise NotFound()
    check_may_sign_here(is_staff=is_staff, has_account=has_account)
    if now_is is None:
        raise Refused("letter.not_made_yet")
    if any(one.refused_at is not None for one in parties):
        raise Conflict("letter.refused_by_somebody")
    if place.signed_at is not None:
        raise Conflict("letter.place_signed")
    if place not in turn_of(parties):
        raise Refused("letter.office_not_turn")
    if seen != now_is:
        raise Conflict("letter.changed_since")
    if read != now_is:
        raise Refused("letter.office_read_first")
    return place


def check_may_sign_here(*, is_staff: bool, has_account: bool) -> None:
    """Refused: a pupil, who signs on paper only; whoever has an account, and so a way to sign for themselves."""
    if not is_staff:
        raise Refused("letter.office_no_pupils")
    if has_account:
        raise Refused("letter.office_has_account")


def check_first(place: Party, person_id: int | None) -> None:
    """Refused: nobody confirms that they are themselves."""
    if person_id is None or person_id == place.person_id:
        raise Refused("letter.office_own_place")


def check_second(parties: Sequence[Party], *, first: int, second: int) -> None:
    """Refused: the same person twice, and whoever has a place in this letter or has signed in one."""
    if second == first:
        raise Refused("letter.office_same_person")
    if second in {one.person_id for one in parties} | {one.signed_by for one in parties}:
        raise Refused("letter.office_second_inside")


def check_scan(parties: Sequence[Party], *, by: int | None, handed_in_by: int | None, taker: int) -> None:
    """Who compares a scan with the letter. Refused: whoever handed it in, and whoever takes the letter."""
    if by is None or by == handed_in_by:
        raise Refused("letter.scan_own")
    if by == taker or any(one.person_id == by and one.part == "taker" for one in parties):
        raise Refused("letter.scan_taker")
