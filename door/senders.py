"""Who a request is from: its signature, held against the credentials on file."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from starlette.requests import Request

from database.door.credentials import EVERY_LENDER, Credential, Credentials
from database.errors import DatabaseAwayError
from door.problems import Kind, ProblemError
from door.signatures import Signed, is_message_id, is_signed, make_secret

READ_AGAIN_AFTER = timedelta(seconds=2)  # a revoked credential opens for so long
KEY_ID, MESSAGE_ID = "key-id", "webhook-id"
TIMESTAMP, SIGNATURE = "webhook-timestamp", "webhook-signature"


class Sender:
    """One credential in force, with its secrets."""

    def __init__(self, credential: Credential, secrets: tuple[bytes, ...]) -> None:
        self.credential = credential
        self.secrets = secrets

    @property
    def key_id(self) -> str:
        return self.credential.key_id

    def may_speak_of(self, lender: str | None) -> bool:
        """Whether a loan of this lender is one of the sender's."""
        lenders = self.credential.lenders
        return lender is not None and (EVERY_LENDER in lenders or lender in lenders)


class Senders:
    """Credentials by key id, read again every other second: a flood reads no row of them."""

    def __init__(
        self, credentials: Credentials, door_key: str, real_now: Callable[[], datetime]
    ) -> None:
        self._credentials = credentials
        self._door_key = door_key
        self._real_now = real_now
        self._known: dict[str, Credential] = {}
        self._read_at: datetime | None = None
        self._reading = asyncio.Lock()

    async def sender_of(self, request: Request, payload: bytes) -> tuple[Sender, str]:
        """Who has signed a request, and its message id.

        Raises:
            ProblemError: one and the same, whatever is wrong with it; or, of what is signed, that
                its id is none; or that nobody can be known while the database is away.
        """
        headers = request.headers
        await self._read_again()
        now = self._real_now()
        claimed = Signed(*(_only(headers.getlist(name)) for name in (
            MESSAGE_ID, TIMESTAMP, SIGNATURE)))  # fmt: skip
        credential = self._known.get(_only(headers.getlist(KEY_ID)))
        # Of one that is not known as much is reckoned: the time it takes tells nothing.
        secrets = (b"",) if credential is None else tuple(self._secrets(credential, now))
        is_by_it = is_signed(claimed, secrets, payload, now)
        if credential is None or not is_by_it:
            raise ProblemError(Kind.NOT_AUTHENTICATED)
        if not is_message_id(claimed.message_id):
            detail = f"{MESSAGE_ID}: 1 to 120 visible ASCII characters, and no dot"
            raise ProblemError(Kind.NO_EVENT_ID, detail)
        return Sender(credential, secrets), claimed.message_id

    def _secrets(self, credential: Credential, now: datetime) -> Iterable[bytes]:
        yield make_secret(self._door_key, credential.key_id, credential.salt)
        until, previous = credential.previous_until, credential.previous_salt
        if until is not None and previous is not None and now < until:
            yield make_secret(self._door_key, credential.key_id, previous)

    async def _read_again(self) -> None:
        now = self._real_now()
        if self._read_at is not None and now - self._read_at < READ_AGAIN_AFTER:
            return
        async with self._reading:
            if self._read_at is not None and now - self._read_at < READ_AGAIN_AFTER:
                return
            try:
                found = await self._credentials.all()
            except DatabaseAwayError as error:
                raise ProblemError(Kind.NOT_KEPT) from error
            self._known = {each.key_id: each for each in found if each.revoked_at is None}
            self._read_at = now


def _only(values: list[str]) -> str:
    """The one value of a header; of several nobody can know which is meant."""
    return values[0] if len(values) == 1 else ""
