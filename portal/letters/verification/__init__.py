"""Checking letters without an account, and what is taken along to check them elsewhere (F16-F18, F24, TP1, TP8)."""
