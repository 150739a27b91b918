"""Why a cost is not flat, or looks as if it were not: what was found by looking."""

REASONS: dict[tuple[str, str], str] = {}
