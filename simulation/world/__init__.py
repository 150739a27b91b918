"""What the process meets: loans, what is owed of them, and people who behave as data says."""
