"""Watching over a shift: it is taken over and signed off, and what happens in it is logged (D11, D12)."""
