"""Agreements on record."""
