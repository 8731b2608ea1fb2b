"""What is on record about how a letter was signed: for its record, and for whoever checks it later (F15, TP4)."""

from datetime import datetime
from typing import NamedTuple

from portal.core.database import fetch


class SignedRow(NamedTuple):
    """One signature with the key, the consent and the reading behind it, which are those of who really signed.

    `person` has the place; `signed_by` is set where another signed in it, `signed_as` by which right.
    """

    field: str
    part: str
    person: str
    post: str | None
    signed_at: datetime
    method: str
    level: str
    file_digest: str
    proof: str | None
    serial: str | None
    consent: int | None
    consented_at: datetime | None
    opened_at: datetime | None
    signed_by: str | None
    signed_as: str | None


async def signed_rows(letter_id: int) -> list[SignedRow]:
    """Every signature of a letter in its order; with the reading of those very bytes. One statement."""
    return await fetch(
        SignedRow,
        "SELECT y.field, y.part, p.name, q.title, y.signed_at, y.method, y.level, y.file_digest, y.proof, k.serial, "
        "c.edition, c.given_at, r.opened_at, b.name, y.signed_as "
        "FROM letter_party y JOIN person p ON p.id = y.person_id LEFT JOIN post q ON q.id = y.post_id "
        "LEFT JOIN person b ON b.id = y.signed_by_id "
        "LEFT JOIN signing_key k ON k.id = y.key_id LEFT JOIN signing_consent c ON c.id = (SELECT max(s.id) "
        "FROM signing_consent s WHERE s.person_id = COALESCE(y.signed_by_id, y.person_id) "
        "AND s.given_at <= y.signed_at) "
        "LEFT JOIN letter_reading r ON r.id = (SELECT max(o.id) FROM letter_reading o WHERE o.letter_id = y.letter_id "
        "AND o.person_id = COALESCE(y.signed_by_id, y.person_id) AND o.file_digest = y.file_digest "
        "AND o.opened_at <= y.signed_at) "
        "WHERE y.letter_id = {} AND y.signed_at IS NOT NULL ORDER BY y.turn, y.id",
        letter_id,
    )
