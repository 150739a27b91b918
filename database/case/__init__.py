"""Cases on record: facts, events, the scan, the story, the legal package."""
