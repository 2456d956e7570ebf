"""Generators of steps, walked to their end."""


def drained(steps):
    """What a generator of steps returns."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value
