"""What grows, measured: a cost per unit at sizes that lie far apart, in one run."""
