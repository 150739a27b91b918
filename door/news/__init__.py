"""News on their way to other systems: signed, in order for a loan, again until they are taken."""
