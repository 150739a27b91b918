"""Commands that plan: they look at no case, and touch nothing."""
