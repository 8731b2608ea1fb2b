"""Who does a shift instead: swaps that are asked, accepted and approved; take-overs; what was really so."""
