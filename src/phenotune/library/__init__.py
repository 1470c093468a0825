"""Scanning for sounds, and the catalogue of sources that clips are cut from."""
