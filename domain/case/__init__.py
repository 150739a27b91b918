"""One case: its state, its facts, and the rules that take a whole `Situation`."""
