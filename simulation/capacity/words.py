"""What the results are called, and what is taken for granted."""

from simulation.capacity.model import LOANS_A_SHARD, SHARD_BUSY, WRITES_AN_ACTION

ROWS = {
    "starts_a_day": "cases opened a day",
    "contacts_a_day": "contacts a day",
    "events_a_day": "events a day",
    "actions_of_a_life": "Temporal's actions of a life",
    "actions_a_day": "actions a day",
    "actions_a_month": "actions a month",
    "actions_price_a_month": "price of these actions a month",
    "peak_actions_a_second": "actions a second in the busiest hour",
    "peak_contacts_a_second": "contacts a second in it",
    "worker_processors": "processors that the workers' code keeps busy in it",
    "workers": "workers, one process and one processor each",
    "worker_gb": "memory of a worker with a full cache, GB",
    "temporal_processors": "processors for Temporal's services",
    "postgres_processors": "processors for our Postgres",
    "shards": "history shards",
    "our_gb_a_year": "our database, GB a year",
    "our_gb": "our database once it is as old as it gets, GB",
    "temporal_open_gb": "Temporal's database, open cases, GB",
    "temporal_closed_gb": "Temporal's database, ended runs, GB",
    "active_gb_hours_a_month": "active storage, GB hours a month",
    "retained_gb_hours_a_month": "retained storage, GB hours a month",
}
_ASSUMPTIONS = f"""
A steady state: as many cases end as are opened, the open ones / days open.

Costs are flat in the number of open loans, of attempts and of months: docs/growth.md says how far
that was measured.

Processor times were measured with Temporal's development server on SQLite: a cluster on Postgres or
Cassandra, with its network in between, takes more, and has replicas.

Contacts, events and what comes of them fall into the busiest hour alike; the scan's starts are
spread over its hours, and fall into the busiest one, too.

A worker process uses one processor, and what Python takes is all that it does.

An action that is no start, contact or event costs half a contact.

A shard keeps {LOANS_A_SHARD:,} open loans, and {WRITES_AN_ACTION:g} writes for an action one after
the other; it is busy for {SHARD_BUSY:.0%} of the time at the peak. Their number is a power of two,
and can never be changed.

Disks hold data and indexes as measured, without replicas, backups or free space; loans that are not
overdue, documents and the import are not in it.

Not in the actions: queries, heartbeats, refused updates, retries, and three for each run of the
scan's schedule.

How many other actions and events come for a contact was counted in recorded runs that show every
rare branch: a book has fewer.
"""
ASSUMPTIONS = tuple(" ".join(each.split()) for each in _ASSUMPTIONS.split("\n\n"))
