"""Everything the environment decides, read once at start and checked before anything runs."""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from domain.clock import BusinessClock
from domain.mistakes import reason
from runtime.clock_setting import read_clock

CHINA_POLICY = Path(__file__).parents[1] / "policies" / "cn.yaml"

GatewayName = Literal["simulated", "webhook", "twilio", "infobip", "tencent"]

SHORTEST_DOOR_KEY = 32  # characters

_DATABASE_URL_SHAPE = "an address like postgresql://user:password@host:5432/collections"


class SettingsError(Exception):
    """A setting is missing or wrong; the text is one line that names the variable."""


class Settings(BaseSettings):
    """The service's settings; each field is the environment variable of the same name.

    An empty variable counts as one that is not set. Temporal's own variables are read by
    `temporal.client.connect_temporal`.
    """

    model_config = SettingsConfigDict(env_ignore_empty=True, frozen=True)

    database_url: str = Field(repr=False)
    sms_gateway: GatewayName = "simulated"
    call_gateway: GatewayName = "simulated"
    sms_per_second: float | None = Field(default=None, gt=0, le=10_000)
    calls_per_second: float | None = Field(default=None, gt=0, le=10_000)
    business_clock: Annotated[BusinessClock, NoDecode] = BusinessClock()
    scan_every_seconds: int = Field(default=900, gt=0, le=86_400)
    policy_file: Path = CHINA_POLICY
    # What the front door makes the senders' secrets of: whoever knows it can sign as any of them.
    door_key: str | None = Field(default=None, repr=False)
    door_host: str = "127.0.0.1"
    door_port: int = Field(default=8480, ge=0, le=65535)
    door_events_per_second: float = Field(default=200, gt=0)  # of one sender
    # Whether news may go to addresses inside the house, and without TLS.
    news_to_private_addresses: bool = False
    decisions_from: Literal["anywhere", "door"] = "anywhere"
    log_format: Literal["console", "json"] = "json"

    @field_validator("database_url")
    @classmethod
    def _is_postgres(cls, url: str) -> str:
        # The address may hold a password: the message never repeats it.
        if not url.startswith(("postgresql://", "postgres://")) or not _has_possible_hosts(url):
            raise ValueError(f"must be {_DATABASE_URL_SHAPE}")
        return url

    @field_validator("door_host")
    @classmethod
    def _may_be_a_host(cls, host: str) -> str:
        if not _is_possible_name(host):
            raise ValueError("must be a host's name or address, such as 127.0.0.1")
        return host

    @field_validator("door_key")
    @classmethod
    def _is_long(cls, key: str | None) -> str | None:
        if key is not None and len(key) < SHORTEST_DOOR_KEY:
            raise ValueError(f"must have at least {SHORTEST_DOOR_KEY} characters, made at random")
        return key

    @field_validator("business_clock", mode="before")
    @classmethod
    def _parse_clock(cls, clock: object) -> object:
        return read_clock(clock) if isinstance(clock, str) else clock

    @field_validator("policy_file")
    @classmethod
    def _is_a_file(cls, path: Path) -> Path:
        if not path.is_file():
            raise ValueError(f"there is no file {path}")
        return path


def load_settings() -> Settings:
    """Read the settings from the environment.

    Raises SettingsError for the first setting that is missing or wrong.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        variable = str(first["loc"][0]).upper()
        if first["type"] == "missing":
            raise SettingsError(
                f"{variable} is not set: must be {_DATABASE_URL_SHAPE};"
                " while `make up` runs, .local/env names one"
            ) from None
        raise SettingsError(f"{variable} is wrong: {reason(first)}") from None


def door_key_of(settings: Settings) -> str:
    """The key of the front door. Raises SettingsError where there is none."""
    if settings.door_key is None:
        raise SettingsError(
            "DOOR_KEY is not set: must be a secret of this installation, such as from"
            " `openssl rand -hex 32`"
        )
    return settings.door_key


def _has_possible_hosts(url: str) -> bool:
    """Whether each host in an address may be one, and its port: there may be several, or none."""
    try:
        hosts = [
            urlsplit(f"//{host}") for host in urlsplit(url).netloc.rpartition("@")[2].split(",")
        ]
        return all(host.port != 0 and _is_possible_name(host.hostname or "") for host in hosts)
    except ValueError:  # no number, too large a number, or half an IPv6 address
        return False


def _is_possible_name(host: str) -> bool:
    """Whether a name can be asked for at all: none of its parts is empty or too long."""
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return True
