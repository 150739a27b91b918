"""What the scripts at the top run: one command, one file of its name."""
