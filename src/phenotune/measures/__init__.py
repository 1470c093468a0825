"""Neutral measures between a target and a mosaic, none of which the engine optimises."""
