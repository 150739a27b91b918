"""Documents for borrowers: the terms of an agreement become HTML and PDF."""
