"""The commands `ops.py credential …`: who may send what by the front door."""
