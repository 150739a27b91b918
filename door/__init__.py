"""The front door: events over HTTP, signed by who sends them, kept before they are acknowledged."""
