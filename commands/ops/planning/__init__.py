"""Commands that plan ahead, `ops.py capacity`, `forecast` and `simulate`: they change nothing."""
