"""The commands of `ops.py`: what looks into cases, and tells them something."""
