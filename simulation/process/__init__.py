"""The stages of a case as steps in memory; whatever is a rule is asked of the domain."""
