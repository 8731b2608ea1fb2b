"""Signing without an account: by hand on the office's device before two of the staff, or on paper; classes (R109)."""
