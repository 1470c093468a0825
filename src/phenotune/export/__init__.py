"""From a mosaic into other programs: one format a file, all of them from one neutral list of items."""
