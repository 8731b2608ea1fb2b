"""People, posts, and who holds which post over which grid, from when to when."""
