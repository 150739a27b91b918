"""The commands `ops.py policy …`: check a policy, show it, compare two, let cases adopt one."""
