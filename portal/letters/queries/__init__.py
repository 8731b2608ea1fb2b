"""Reads of letters."""

from portal.letters.queries.edges import edges_of, stations_above

__all__ = ["edges_of", "stations_above"]
