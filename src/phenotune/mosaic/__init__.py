"""The finished list of placements: saved, loaded, and rendered at any rate."""
