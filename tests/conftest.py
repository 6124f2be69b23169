"""Rules for all tests."""

from hypothesis import settings

# A machine that others use may be slow for a moment: how long a law takes is for benchmarks.
settings.register_profile("laws", deadline=None)
settings.load_profile("laws")
