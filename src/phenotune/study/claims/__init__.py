"""The claims, one a file: how each is put to the test, and the rule by which it is judged."""
