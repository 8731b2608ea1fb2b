"""What a school arranges for its boards: who sees sensitive cards (B20), how many cards a column holds (A3)."""
