"""Measured facts of the built-in cards; written by `python -m segstudio.models.measure --write`."""

from segstudio.models.cards import Measured

MEASURED: dict[str, Measured] = {}
