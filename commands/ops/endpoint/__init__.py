"""The commands `ops.py endpoint …`: where news for other systems go."""
