"""What stops a stage: a hold, the end of the case, a visit in doubt."""
