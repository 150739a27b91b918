"""A case's state from its record alone: its rows and the events that were accepted."""
