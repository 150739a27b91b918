"""One stage, one file: what it waits for and where it leads."""
