"""Policies by version, kept in memory once read: a stored version never changes."""

from database.sql import SQL, Connection
from domain.policy.policy import Policy


class PinnedPolicies:
    """The current policy, and the stored ones that running cases are pinned to."""

    def __init__(self, current: Policy) -> None:
        self.current = current
        self.days_back = current.contact.longest_days  # to which the current rules count contacts
        self._known: dict[str, Policy] = {}

    async def strictest_of(self, connection: Connection, version: str) -> list[Policy]:
        """The policies a contact must satisfy, with their texts: the pinned one, and the current
        one if another.
        """
        pinned = await self._known_by(connection, version)
        current = await self._known_by(connection, self.current.version)
        return [pinned] if pinned is current else [pinned, current]

    async def _known_by(self, connection: Connection, version: str) -> Policy:
        known = self._known.get(version)
        if known is None:
            known = self.current
            if version != known.version:
                row = await SQL.stored_policy(connection, version=version)
                known = Policy.model_validate_json(row["policy"])
            if known.texts is None:
                known = known.with_texts(await SQL.texts_of_policy(connection, version=version))
            self._known[version] = known
        return known
