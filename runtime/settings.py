"""Everything the environment decides, read once at start and checked before anything runs."""

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.service import RPCError

from domain.clock import REAL, BusinessClock
from domain.mistakes import describe_mistake, reason
from gateways.choice import GatewayName
from temporal.converter import DATA_CONVERTER

CHINA_POLICY = Path(__file__).parents[1] / "policies" / "cn.yaml"

_TEMPORAL_ADDRESS = "localhost:7233"
_DATABASE_URL_SHAPE = "an address like postgresql://user:password@host:5432/collections"


class SettingsError(Exception):
    """A setting is missing or wrong; the text is one line that names the variable."""


class Settings(BaseSettings):
    """The service's settings; each field is the environment variable of the same name.

    An empty variable counts as one that is not set. Temporal's own variables are read by
    `connect_temporal`.
    """

    model_config = SettingsConfigDict(env_ignore_empty=True, frozen=True)

    database_url: str = Field(repr=False)
    sms_gateway: GatewayName = "simulated"
    call_gateway: GatewayName = "simulated"
    business_clock: Annotated[BusinessClock, NoDecode] = BusinessClock()
    scan_every_seconds: int = Field(default=900, gt=0)
    policy_file: Path = CHINA_POLICY
    log_format: Literal["console", "json"] = "json"

    @field_validator("database_url")
    @classmethod
    def _is_postgres(cls, url: str) -> str:
        # The address may hold a password: the message never repeats it.
        if not url.startswith(("postgresql://", "postgres://")):
            raise ValueError(f"must be {_DATABASE_URL_SHAPE}")
        return url

    @field_validator("business_clock", mode="before")
    @classmethod
    def _parse_clock(cls, clock: object) -> object:
        if not isinstance(clock, str):
            return clock
        try:
            return BusinessClock.parse(clock)
        except ValidationError as error:
            raise ValueError(f'must be "{REAL}" or a clock as JSON: {_reason(error)}') from error

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
        first = error.errors()[0]
        variable = str(first["loc"][0]).upper()
        if first["type"] == "missing":
            raise SettingsError(f"{variable} is not set: must be {_DATABASE_URL_SHAPE}") from None
        raise SettingsError(f"{variable} is wrong: {_reason(error)}") from None


async def connect_temporal() -> Client:
    """Connect as the standard `TEMPORAL_*` variables say, and see that the namespace exists.

    Raises SettingsError when a variable is wrong or the server does not answer.
    """
    config = _temporal_config()
    address = config.setdefault("target_host", _TEMPORAL_ADDRESS)
    try:
        client = await Client.connect(**config, data_converter=DATA_CONVERTER)
    except (RuntimeError, ValueError) as error:
        raise SettingsError(f"TEMPORAL_ADDRESS: no server at {address}: {_line(error)}") from None
    await _see_namespace(client)
    return client


def _temporal_config() -> dict[str, Any]:
    # An empty key would turn TLS on and be sent as a credential; compose files write it that way.
    environment = {
        name: value for name, value in os.environ.items() if value or name != "TEMPORAL_API_KEY"
    }
    try:
        return dict(ClientConfig.load_client_connect_config(override_env_vars=environment))
    except (RuntimeError, ValueError, OSError) as error:
        raise SettingsError(f"TEMPORAL_* variables cannot be read: {_line(error)}") from None


async def _see_namespace(client: Client) -> None:
    try:
        await client.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace=client.namespace)
        )
    except RPCError as error:
        raise SettingsError(f"TEMPORAL_NAMESPACE {client.namespace}: {error.message}") from None


def _reason(error: ValidationError) -> str:
    first = error.errors()[0]
    # The variable itself is named by the caller; a clock's own field is worth naming.
    return describe_mistake(first) if error.title == "BusinessClock" else reason(first)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
