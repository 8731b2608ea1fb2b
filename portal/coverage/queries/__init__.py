"""Reading for coverage: a school whole in a few statements, the spans that were written, the maps that were drawn."""

from portal.coverage.queries.reading import School, read_facts, read_school
from portal.coverage.queries.spans import (
    SchoolNow,
    SpanRow,
    organisations_to_count,
    school_now,
    schools_now,
)

__all__ = [
    "School",
    "SchoolNow",
    "SpanRow",
    "organisations_to_count",
    "read_facts",
    "read_school",
    "school_now",
    "schools_now",
]
