"""Paper of the public boards: a poster of a grid, plates for its places, contact cards. The worker makes them."""
