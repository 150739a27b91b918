"""Which release this is: as in `pyproject.toml`, which an image does not have."""

RELEASE = "0.3.0"
