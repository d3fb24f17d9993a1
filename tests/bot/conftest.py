"""Lets the tests of this folder and of its sub-folders import ``toy_desk``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
