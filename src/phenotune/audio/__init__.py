"""The door to sound files, and to resampling."""
