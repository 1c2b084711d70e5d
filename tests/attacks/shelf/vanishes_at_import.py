"""Ends the process with status 0 while it is imported.

outcomes: crashed
"""

import os

os._exit(0)
