"""The study: what the article says of its own search, put to the test by small runs."""
