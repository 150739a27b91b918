"""What is asked of an event beyond its stage: one function an event, `judge_…`.

What only the database can know (is this payment known, is this attempt ours) is checked where
the event is recorded.
"""
