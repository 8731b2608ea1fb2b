"""Property tests here are quick but share their machine: no deadline per case, and no folder of examples."""

from hypothesis import settings

settings.register_profile("anwang", deadline=None, database=None)
settings.load_profile("anwang")
