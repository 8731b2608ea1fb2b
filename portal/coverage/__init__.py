"""Blind spots: what has nobody, as a number with its rows, its one action each, and its history."""
