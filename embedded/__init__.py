"""Postgres and Temporal as child processes: for the demo, the tests and `make up`."""
