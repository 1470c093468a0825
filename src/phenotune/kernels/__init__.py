"""Numba only: arrays in, out given; no decisions, no chance, no exceptions."""
