"""What a command ends with: 0 and 1 are answers, 2 says that there is none."""

import pytest
from temporalio.service import RPCError, RPCStatusCode

from commands.command_line import exit_code_of


def test_temporal_that_goes_away_is_no_answer(capsys: pytest.CaptureFixture[str]) -> None:
    """A job that reads 1 would take it for one."""

    async def command() -> int:
        raise RPCError("connection refused", RPCStatusCode.UNAVAILABLE, b"")

    assert exit_code_of(command()) == 2
    assert (
        capsys.readouterr().err
        == "TEMPORAL_ADDRESS: Temporal has not done it: connection refused\n"
    )
