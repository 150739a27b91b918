"""The client of the Temporal server that the environment names."""

import os
import re
from typing import Any

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.service import RPCError

from runtime.settings import SettingsError
from temporal.converter import DATA_CONVERTER

_TEMPORAL_ADDRESS = "localhost:7233"
# The words of the operating system, inside what a Rust library prints of its error.
_IN_WORDS = re.compile(r'(?:message|error): "([^"]+)"')


async def connect_temporal_later() -> Client:
    """A client that connects when it is first used, for who goes on while Temporal is away.

    Raises SettingsError when a variable cannot be read.
    """
    config = _temporal_config()
    config.setdefault("target_host", _TEMPORAL_ADDRESS)
    return await Client.connect(**config, data_converter=DATA_CONVERTER, lazy=True)


async def connect_temporal() -> Client:
    """Connect as the standard `TEMPORAL_*` variables say, and see that the namespace exists.

    Raises SettingsError when a variable is wrong or the server does not answer.
    """
    config = _temporal_config()
    address = config.setdefault("target_host", _TEMPORAL_ADDRESS)
    try:
        client = await Client.connect(**config, data_converter=DATA_CONVERTER)
    except (RuntimeError, ValueError) as error:
        raise SettingsError(f"TEMPORAL_ADDRESS: no server at {address}: {_cause(error)}") from None
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


def _line(error: Exception) -> str:
    return " ".join(str(error).split())


def _cause(error: Exception) -> str:
    words = _IN_WORDS.search(str(error))
    return words[1] if words else _line(error)
