"""Leaves with sys.exit while it is imported.

outcomes: error
"""

import sys

sys.exit(0)
