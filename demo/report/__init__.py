"""What the demo shows while it runs and at its end."""
