"""Takes memory in a dozen processes, each below its own limit and together far over it.

outcomes: out_of_memory timed_out
"""

import os
import time


def double(x):
    for _ in range(12):
        if os.fork() == 0:
            block = bytearray(100 << 20)
            for page in range(0, len(block), 4096):
                block[page] = 1
            time.sleep(60)
            os._exit(0)
    time.sleep(60)
    return 2 * x
