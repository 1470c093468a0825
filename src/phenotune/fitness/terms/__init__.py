"""The measures that fitness can be made of, one a file."""
