"""Leaves with sys.exit while it is imported.

outcomes: not_attempted
"""

import sys

sys.exit(0)
