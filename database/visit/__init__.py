"""Visits, crews and staff on record."""
