"""Raises an exception that is no Exception, whose text cannot be had.

outcomes: error
"""


class Poison(BaseException):
    def __str__(self):
        raise Poison

    __repr__ = __str__


raise Poison
