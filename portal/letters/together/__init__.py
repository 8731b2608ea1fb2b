"""Several letters with one proof of identity, each opened and each signed by itself (F5)."""
