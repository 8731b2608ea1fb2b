"""What changes rows so that letters last."""
