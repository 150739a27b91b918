"""The process: deterministic workflows that decide, and wait, and let activities act."""
