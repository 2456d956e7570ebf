"""Figures, not assertions: each against a bare limit of the same run. `make bench` prints them all."""
