"""What the office does: witnesses a signature by hand, takes letters to paper and back, counts classes."""
