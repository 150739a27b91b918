"""The commands of `starter.py`: what brings loans and people in, and starts cases."""
