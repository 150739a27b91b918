"""Policies by version, kept in memory once read: a stored version never changes."""

from database.sql import SQL, Connection
from domain.policy.policy import Policy


class PinnedPolicies:
    """The current policy, and the stored ones that running cases are pinned to."""

    def __init__(self, current: Policy) -> None:
        self.current = current
        self.days_back = current.contact.longest_days  # to which the current rules count contacts
        self._known = {current.version: current}

    async def strictest_of(self, connection: Connection, version: str) -> list[Policy]:
        """The policies a contact must satisfy: the pinned one, and the current one if another."""
        pinned = self._known.get(version)
        if pinned is None:
            row = await SQL.stored_policy(connection, version=version)
            pinned = self._known[version] = Policy.model_validate_json(row["policy"])
        return [pinned] if pinned is self.current else [pinned, self.current]
