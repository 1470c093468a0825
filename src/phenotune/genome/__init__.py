"""Chromosomes, their genes, how they vary, and how they sound."""
