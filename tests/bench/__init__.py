"""`python -m tests.bench`: the figures of the product against floors taken in the same run."""
