"""When news are tried again, and where they may not go."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from door.news.addresses import AddressRefusedError, Target, address_of
from door.news.schedule import WAITS, Answered, after_failure, read_retry_after

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def test_schedule_is_that_of_standard_webhooks() -> None:
    """Ten tries in 75 hours and a half, and some."""
    assert sum(WAITS, timedelta(0)) == timedelta(hours=75, minutes=35, seconds=5)


@pytest.mark.parametrize("failures", range(len(WAITS)))
def test_jitter_is_a_tenth_either_way(failures: int) -> None:
    """So that what failed together does not come back together."""
    wait = WAITS[failures]
    times = [
        after_failure(Answered(500), failures, NOW, lambda chance=chance: chance).at  # type: ignore[misc]
        for chance in (0.0, 0.5, 1.0)
    ]
    assert times == [NOW + wait * 0.9, NOW + wait, NOW + wait * 1.1]


def test_after_the_last_try_there_is_none() -> None:
    """Whatever the endpoint asks for."""
    following = after_failure(Answered(503, timedelta(hours=1)), len(WAITS), NOW, lambda: 0.5)
    assert following == (None, NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("120", timedelta(seconds=120)),
        ("99999999999999999999", timedelta(hours=24)),
        ("Sat, 28 Nov 2026 12:01:00 GMT", timedelta(minutes=1)),
        ("Sat, 28 Nov 2026 11:00:00 GMT", None),
        ("soon", None),
        ("-5", None),
        ("٣", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str | None, wait: timedelta | None) -> None:
    """And anything else is as if it were not there."""
    assert read_retry_after(text, NOW) == wait


@pytest.mark.parametrize(
    "url",
    [
        "ftp://receiver.example",
        "receiver.example/news",
        "https://",
        "https://user:secret@receiver.example",
        "https://receiver.example/#part",
        "https://receiver.example:99999",
        "https://[::1",
    ],
)
def test_what_is_no_address_of_a_receiver(url: str) -> None:
    """Is refused before anything is looked up."""
    with pytest.raises(AddressRefusedError):
        Target(url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 an address that is refused
        "224.0.0.1",
        "::1",
        "::",
        "fe80::1%eth0",
        "fc00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
async def test_no_address_inside_the_house_is_connected_to(address: str) -> None:
    """Nor one in other clothes, nor when only one of several is."""

    async def found(_host: str, _port: int) -> Sequence[str]:
        return ["8.8.8.8", address]

    with pytest.raises(AddressRefusedError, match="private"):
        await address_of(Target("https://receiver.example"), found, private_too=False)


async def test_what_was_looked_at_is_connected_to() -> None:
    """The name is not looked up a second time."""

    async def found(_host: str, _port: int) -> Sequence[str]:
        return ["2606:4700::1111"]

    target = Target("https://receiver.example/news?x=1")
    address = await address_of(target, found, private_too=False)
    assert target.at(address) == "https://[2606:4700::1111]:443/news?x=1"
