"""Mistakes that nobody has made: each is patched into one worker, and turns the drill red."""
