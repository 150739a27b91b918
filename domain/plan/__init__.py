"""Repayment plans: their maths, their progress, their document's terms."""
