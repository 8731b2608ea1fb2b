"""Who acts: the person, the account, the rights at this instant, and the way the act came in.

Every service takes `by: Actor`. Jobs act as `SYSTEM`, never as nobody, so that each event names somebody.
"""

from dataclasses import dataclass, field
from typing import Literal

Via = Literal["web", "worker", "cli", "demo"]


@dataclass(frozen=True, slots=True)
class Grant:
    """One right over one part of the tree: what a current appointment (or today's duty) gives.

    `path` is the tree path of the grid that the right reaches, with everything below it ("/1/5/").
    """

    role: str
    grid_id: int
    path: str
    org_id: int
    post_id: int | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts. `org_id` is the organisation (school or bureau) that employs the person."""

    person_id: int | None
    account_id: int | None
    org_id: int | None
    name: str = ""
    grants: tuple[Grant, ...] = ()
    language: str = "zh-Hans"
    via: Via = "web"
    session_id: int | None = None
    is_system: bool = False
    roles: frozenset[str] = field(default_factory=frozenset)


SYSTEM = Actor(person_id=None, account_id=None, org_id=None, name="system", via="worker", is_system=True)
"""The actor of jobs that nobody asked for: reminders, sweeps, anchors."""
