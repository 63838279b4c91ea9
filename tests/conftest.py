"""Settings for all tests."""

from hypothesis import settings

settings.register_profile("plain", deadline=None)     # a first call may import a library
settings.load_profile("plain")
