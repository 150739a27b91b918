"""Policies on record, by version: a stored version never changes."""

from datetime import datetime

from pydantic import ValidationError

from database.sql import SQL, Pool
from domain.mistakes import describe_mistake
from domain.policy.policy import Policy


class PolicyChangedError(Exception):
    """A file has other numbers than the stored policy of its version, or that one was altered."""


class StoredPolicies:
    """Keeps policies and gives them out. May be repeated."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def store_policy(self, policy: Policy, sha256: str, now: datetime) -> None:
        """Keep a policy and its texts under its version.

        Raises:
            PolicyChangedError: when the version is already stored with other numbers.
        """
        await SQL.store_policy(
            self._pool,
            version=policy.version,
            profile=policy.profile,
            sha256=sha256,
            body=policy.model_dump_json(),
            texts=policy.texts_json(),
            longest_window_days=policy.contact.longest_days,
            now=now,
        )
        stored = await SQL.stored_policy(self._pool, version=policy.version)
        if stored["sha256"] != sha256:
            raise PolicyChangedError(
                f"policy {policy.version} is stored with other numbers: give the file a new version"
            )

    async def read_policy(self, version: str) -> Policy:
        """A stored policy, with its texts.

        Raises:
            LookupError: when no policy has this version.
            PolicyChangedError: when it was altered since, so that it is none any more.
        """
        row = await SQL.stored_policy(self._pool, version=version)
        if row is None:
            raise LookupError(f"no policy has version {version}")
        try:
            return Policy.model_validate_json(row["policy"])
        except ValidationError as error:
            raise PolicyChangedError(
                f"policy {version} was altered in the database, and is none any more:"
                f" {describe_mistake(error.errors()[0])}"
            ) from error
