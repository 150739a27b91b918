"""The contact gate's side of the record."""
