"""Delivery receipts: each provider's read and verified, and the route by which they come in."""
