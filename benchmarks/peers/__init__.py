"""The same work by others: a reduced life, as each side's own documentation would write it."""
