"""Why a borrower is left in peace: the common names are shown, a free text is not."""

import pytest

from domain.contact.hold import Hold, HoldReason, public_reason


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        *((reason.value, reason) for reason in HoldReason),
        ("mother of Mr X has died", HoldReason.OTHER),
        ("", HoldReason.OTHER),
    ],
)
def test_only_common_reasons_are_shown(written: str, shown: HoldReason) -> None:
    """Another text might name a person; it is kept on record alone."""
    assert public_reason(written) is shown
    hold = Hold.model_validate({"hold_id": "H-1", "reason": written})
    assert hold.model_dump(mode="json")["reason"] == shown.value
