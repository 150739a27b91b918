"""News for other systems: the endpoints they go to, the feed, and what became of each delivery."""
