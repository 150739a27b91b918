"""What happens to whom, as data."""
