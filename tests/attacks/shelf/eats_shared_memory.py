"""Takes memory through shared mappings, which count for nobody, until it is refused.

outcomes: out_of_memory error crashed failed timed_out
"""

import mmap

hoard = []


def double(x):
    while len(hoard) < 400:
        block = mmap.mmap(-1, 1 << 26)
        for page in range(0, 1 << 26, 4096):
            block[page] = 1
        hoard.append(block)
    return 2 * x


class Counter:
    def __init__(self, start=0):
        raise MemoryError
