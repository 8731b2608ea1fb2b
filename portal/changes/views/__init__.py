"""What the pages of personnel change show."""
