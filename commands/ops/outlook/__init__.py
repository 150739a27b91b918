"""The commands that look ahead: a simulated book, and the days to come of the real one."""
