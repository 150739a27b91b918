"""What a case makes of an event: the table of events, who judges it, what it changes."""
