"""The commands `ops.py news …`: what was told to other systems."""
