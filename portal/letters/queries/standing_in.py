"""Who answers for the post of a place in a letter, as SQL: the rule `holder_at`, said once more (F14).

A test holds the two against each other. Written as a part of other statements, so that no list asks for each letter.
"""

from datetime import datetime
from typing import Any

RANK = (
    "CASE {0}.kind WHEN 'acting' THEN 0 WHEN 'deputy' THEN 3 ELSE CASE WHEN {0}.is_primary THEN 1 ELSE 2 END END, "
    "{0}.starts_at DESC, {0}.id"
)
HERE = (
    "{0}.starts_at <= {{}} AND ({0}.ends_at IS NULL OR {0}.ends_at > {{}}) "
    "AND (o.ended_at IS NULL OR o.ended_at > {{}}) AND h.kind = 'staff' AND (h.left_at IS NULL OR h.left_at > {{}}) "
    "AND NOT EXISTS (SELECT 1 FROM absence b WHERE b.person_id = h.id AND b.undone_at IS NULL "
    "AND b.starts_at <= {{}} AND (b.ends_at IS NULL OR b.ends_at > {{}}))"
)


def answering_sql(post: str, *, at: datetime) -> tuple[str, list[Any]]:
    """The appointment of whoever answers for a post (a column) at an instant; NULL for a vacant one."""
    sql = (
        "(SELECT a.id FROM appointment a JOIN post o ON o.id = a.post_id JOIN person h ON h.id = a.person_id "
        f"WHERE a.post_id = {post} AND {HERE.format('a')} ORDER BY {RANK.format('a')} LIMIT 1)"
    )
    return sql, [at] * 6


def posts_stood_in_for_sql(person_id: int, *, at: datetime) -> tuple[str, list[Any]]:
    """The posts for which somebody answers at an instant as their deputy or acting holder."""
    answering, args = answering_sql("m.post_id", at=at)
    sql = (
        "SELECT m.post_id FROM appointment m WHERE m.person_id = {} AND m.kind <> 'holder' AND m.starts_at <= {} "
        f"AND (m.ends_at IS NULL OR m.ends_at > {{}}) AND m.id = {answering}"
    )
    return sql, [person_id, at, at, *args]
