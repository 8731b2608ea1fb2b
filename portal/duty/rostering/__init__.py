"""Rosters (D6, D7): a plan of shifts is proposed by one rule, looked at as a draft, and published as a whole."""
