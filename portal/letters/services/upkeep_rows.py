"""The rows that say when a complete letter is due for a stamp over its whole file: who has none gets one (F20)."""

from typing import Any

from portal.core.database import execute


async def begin_upkeep(letter_id: int | None = None) -> int:
    """Makes the rows that are missing, of one letter or of all, and gives how many. Belongs inside a unit of work.

    What was never stamped over its whole file is due at once. A letter that lives on paper has no file of ours.
    """
    which, args = ("AND l.id = {} ", [letter_id]) if letter_id is not None else ("", list[Any]())
    return await execute(
        "INSERT INTO letter_upkeep (letter_id, org_id, level, due_at, attempts, reason_params, version) "
        "SELECT l.id, l.org_id, COALESCE(f.level, 'B-B'), l.sealed_at, 0, {}, 1 FROM letter l "
        "JOIN letter_file f ON f.id = (SELECT max(o.id) FROM letter_file o WHERE o.letter_id = l.id "
        "AND o.role IN ('sealed', 'extended')) WHERE l.sealed_at IS NOT NULL AND l.voided_at IS NULL "
        f"{which}AND NOT EXISTS (SELECT 1 FROM letter_upkeep u WHERE u.letter_id = l.id) "
        "AND NOT EXISTS (SELECT 1 FROM letter_removal r WHERE r.letter_id = l.id) "
        "ON CONFLICT (letter_id) DO NOTHING RETURNING id",
        "{}", *args,
    )  # fmt: skip
