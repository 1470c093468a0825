"""One gene a file; the catalogue maps tags to classes."""
