"""What the templates of the hazards room are given: frozen, ready to be read out, no decisions left."""
