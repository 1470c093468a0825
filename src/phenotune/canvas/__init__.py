"""The canvas, the one mutable thing of a run, and what has landed on it."""
