"""Whether a person may be contacted now, and if not, when."""
