"""A case in memory beside the same case on the servers."""
