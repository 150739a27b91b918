"""A whole portfolio under a policy, in memory: the production rules, over months in minutes."""
