"""The strokes of chaos: what each fault does to the running service, and how it is mended."""
