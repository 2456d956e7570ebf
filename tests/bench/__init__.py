"""Figures, not assertions: each against a bare limit measured in the same run. `make bench` prints them all."""
