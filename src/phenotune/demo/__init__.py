"""A small piece of music and a library of other records, both synthesised here: nothing to download or to clear."""
