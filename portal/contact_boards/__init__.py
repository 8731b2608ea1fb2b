"""What everybody may see of a grid without an account: whom to call, and how to report."""
