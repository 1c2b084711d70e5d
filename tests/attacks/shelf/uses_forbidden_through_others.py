"""Has others call what is ruled out, and swallows every exception: map, a thread, vmap, a go-between of torch.

outcomes: forbidden
"""

import threading

import torch

name = "".join(["ld", "exp"])
one = torch.ones((), dtype=torch.int64)


def by_map(x):
    return next(map(getattr(torch, name), [x], [one]))


def by_thread(x):
    found = []
    thread = threading.Thread(target=lambda f: found.append(f(x, one)), args=(getattr(torch, name),))
    thread.start()
    thread.join()
    return found[0]


def by_vmap(x):
    return torch.vmap(getattr(torch, name), in_dims=(0, None))(x, one)


calls = iter([by_map, by_thread, by_vmap])


def double(x):
    try:
        return next(calls)(x)
    except BaseException:
        return x + x


class Counter:
    def __init__(self, start=0):
        raise NotImplementedError

    def add(self, amount):
        raise NotImplementedError
