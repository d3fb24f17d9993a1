"""Settings of all tests."""

import os

from hypothesis import settings

# Machines are shared and noisy: a slow example is no failure. CI looks at the same
# examples in every run; elsewhere each run looks at others.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")
