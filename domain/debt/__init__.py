"""What is owed, of what, and until when it can be asked for."""
