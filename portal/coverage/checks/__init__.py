"""The checks of the coverage page: this room's own, and those that other rooms lend."""

from portal.coverage.checks.lent import lent_checks, use_checks
from portal.coverage.checks.own import own_checks
from portal.coverage.checks.shapes import Act, Blind, Found

__all__ = ["Act", "Blind", "Found", "lent_checks", "own_checks", "use_checks"]
