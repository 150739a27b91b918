"""The case on its desk: facts, waiting, events, status."""
