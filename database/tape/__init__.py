"""Loan tapes into the tables."""
