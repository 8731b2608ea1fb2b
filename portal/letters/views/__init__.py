"""Letters as their pages show them."""
