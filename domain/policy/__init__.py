"""The numbers of the process, each with its source and its force."""
