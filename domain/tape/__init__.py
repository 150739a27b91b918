"""Loan tapes: rows, fields, findings."""
