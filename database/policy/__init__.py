"""Policies on record, and which case is pinned to which."""
