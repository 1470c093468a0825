"""The evolution strategy: it knows chromosomes and numbers, and never hears a sound."""
