"""The commands of `starter.py` and `ops.py`: one command, one file of its name."""
