"""What an accepted event changes in the database, one function an event: `record_…`."""
