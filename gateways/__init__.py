"""Providers that carry a message or a call to a person, behind one small protocol."""
