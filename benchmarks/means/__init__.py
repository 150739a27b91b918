"""What benches have in common: what they count, and whether the machine was quiet."""
