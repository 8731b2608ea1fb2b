"""For whoever keeps the portal in order: where everything is, and the trail of what happened."""
