"""The front door's tables: credentials of sending systems, and the inbox of what they sent."""
