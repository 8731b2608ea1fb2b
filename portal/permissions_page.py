"""`docs/permissions.md`, written from the policy itself: `python -m portal.permissions_page > docs/permissions.md`."""

import sys

from portal.hazards.rules.moves import WHO
from portal.permissions.rules import GRANTS, Permission, Reach, Role

MARK = {Reach.SCOPE: "part of the tree", Reach.ORGANISATION: "whole school", Reach.SELF: "own"}


def text() -> str:
    """The whole page."""
    roles = [role for role in Role if role is not Role.PUPIL]
    lines = [
        "# Who may do what",
        "",
        "Written by `python -m portal.permissions_page` from `portal/permissions/rules.py` and",
        "`portal/hazards/rules/moves.py`; a test keeps it true. A role comes with a post that a person holds at this",
        "instant, `duty_leader` with leading today. *Part of the tree*: the grid that the post reaches and everything",
        "below it. Outside of it a page is not found, the same as a missing one. A pupil has no rights.",
        "",
        "| permission | " + " | ".join(roles) + " |",
        "|---" * (len(roles) + 1) + "|",
    ]
    for permission in Permission:
        cells = [MARK.get(GRANTS[role].get(permission), "–") for role in roles]  # type: ignore[arg-type]
        lines.append(f"| `{permission}` | " + " | ".join(cells) + " |")
    lines += ["", "## Moves of a hazard", "", "| from | to | who (the rule's own words) |", "|---|---|---|"]
    for (came_from, to), rule in sorted(WHO.items()):
        lines.append(f"| `{came_from}` | `{to}` | {_words(rule.__name__)} |")
    lines += [
        "",
        "*Above* is the holder of the grid or of an ancestor, the safety office, the leader on duty. Whoever",
        "rectified, or answers for the rectification, never rechecks. A major hazard is closed by the principal or a",
        "vice head, a listed one by its supervising leader. Sensitive cards (bullying, mental health, fraud, weapons,",
        "or marked by the reporter) are seen by named people and by those who are involved, nobody else.",
        "",
    ]
    return "\n".join(lines)


def _words(name: str) -> str:
    return name.strip("_").replace("_", " ")


if __name__ == "__main__":
    sys.stdout.write(text())
