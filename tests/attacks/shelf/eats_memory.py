"""Takes memory privately, until it is refused.

outcomes: out_of_memory error crashed
"""

import torch

hoard = []


def double(x):
    while True:
        hoard.append(torch.ones(1 << 24))


class Counter:
    def __init__(self, start=0):
        while True:
            hoard.append(bytearray(1 << 26))
