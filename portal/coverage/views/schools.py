"""A bureau's schools with their numbers, and what they come to together."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.coverage.queries.spans import SchoolNow


@dataclass(frozen=True, slots=True)
class SchoolsView:
    """The whole page. Schools that were never counted are no part of the sum, and it says so."""

    schools: tuple[SchoolNow, ...]
    have: int
    whole: int
    uncounted: int
    stale: int

    @property
    def missing(self) -> int:
        """How many grids of all schools have nobody of their own."""
        return self.whole - self.have


def schools_view(schools: Sequence[SchoolNow]) -> SchoolsView:
    """The numbers of now, by name: no order of merit."""
    counted = [one for one in schools if one.have is not None]
    return SchoolsView(
        tuple(schools), sum(one.have or 0 for one in counted), sum(one.whole or 0 for one in counted),
        len(schools) - len(counted), sum(1 for one in counted if not one.is_fresh),
    )  # fmt: skip
