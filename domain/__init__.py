"""The rules: pure functions of (facts, policy, now). No input, no output, no clock."""
