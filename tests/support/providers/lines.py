"""Each real provider's gateway before its stand-in, put together as the worker does it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from activities.business_time import real_time
from domain.messages.facts import combinations_of
from domain.messages.templates import DEPENDS_ON, Template
from domain.policy.contact import Channel
from gateways.choice import choose_gateways, choose_readers
from gateways.protocol import Gateway, Outbound, Sought
from gateways.receipts.reading import ReceiptReader
from runtime.provider_settings import ProviderSettings
from runtime.settings import GatewayName
from tests.support.providers import infobip, platform, tencent, twilio
from tests.support.providers.stand_in import StandIn

NOW = datetime.now(UTC).replace(microsecond=0)  # real: signatures and logs are of an age
NUMBER = "+86 000 0000 0001"
RECEIPTS_URL, PATH_SECRET = "https://door.example/v1/receipts", "a secret of the receipts' path"
OLDER_WORDS = "0123456789ab"  # a version of a text to which cases are still pinned
STAND_INS: dict[str, type[StandIn]] = {
    "webhook": platform.Platform,
    "twilio": twilio.Twilio,
    "infobip": infobip.Infobip,
    "tencent": tencent.Tencent,
}


class NoOutbox:
    """For choices without the simulated provider."""

    async def put(self, *_: object) -> None:
        raise NotImplementedError

    async def find(self, _: str) -> datetime | None:
        raise NotImplementedError


class Connected(NamedTuple):
    """A gateway, its provider, and who reads its receipts."""

    gateway: Gateway
    provider: StandIn
    reader: ReceiptReader


def settings_of(url: str, templates: Path | None, **more: Any) -> ProviderSettings:
    """Settings of every provider at once, all at one address."""
    values: dict[str, Any] = {
        "receipts_url": RECEIPTS_URL,
        "receipts_secret": PATH_SECRET,
        "webhook_url": url,
        "webhook_secret": platform.SECRET,
        "twilio_account_sid": twilio.SID,
        "twilio_auth_token": twilio.TOKEN,
        "twilio_sms_from": "+15005550006",
        "twilio_call_from": "+15005550006",
        "twilio_call_flow": twilio.FLOW,
        "twilio_url": url,
        "twilio_studio_url": url,
        "infobip_url": url,
        "infobip_api_key": infobip.KEY,
        "infobip_sms_from": "Lender",
        "infobip_call_from": "15005550006",
        "infobip_call_scenario": "scenario",
        "tencent_secret_id": tencent.SECRET_ID,
        "tencent_secret_key": tencent.SECRET_KEY,
        "tencent_sms_app_id": tencent.APP,
        "tencent_sms_sign": "Lender",
        "tencent_call_app_id": tencent.APP,
        "tencent_templates": templates,
        "tencent_sms_url": url,
        "tencent_call_url": url,
    }
    return ProviderSettings(**values | more)


def write_templates(directory: Path) -> Path:
    """The templates that the stand-in of Tencent knows."""
    file = directory / "templates.json"
    registered = {"id": tencent.TEMPLATE, "values": ["name", "days"]}
    notices = [
        "".join(["overdue_notice", *(f"+{fact}" for fact in facts), ".zh"])
        for facts in map(sorted, combinations_of(DEPENDS_ON[Template.OVERDUE_NOTICE]))
    ]
    older = f"visit_reminder.zh@{OLDER_WORDS}"
    opening = {"overdue_call.opening.zh": {"id": tencent.TEMPLATE, "values": ["lender", "name"]}}
    file.write_text(json.dumps(dict.fromkeys([*notices, older], registered) | opening))
    return file


@asynccontextmanager
async def connect(name: GatewayName, channel: Channel, directory: Path) -> AsyncIterator[Connected]:
    """A provider's gateway before its stand-in."""
    async with STAND_INS[name]() as provider:
        given = settings_of(provider.url, write_templates(directory))
        gateways = choose_gateways({channel: name}, NoOutbox(), given, real_time)
        readers = choose_readers({channel: name}, given, real_time)
        try:
            yield Connected(gateways[channel], provider, readers[name])
        finally:
            await gateways[channel].close()


def message(reference: str = "R-1", **changes: Any) -> Outbound:
    """A message that every provider takes."""
    values = {"name": "王芳", "days": "5"}
    whole = Outbound(reference, NUMBER, "您好, hello", NOW, "overdue_notice", "zh", (), values)
    return whole._replace(**changes)


def sought(reference: str = "R-1") -> Sought:
    """The same, asked for."""
    return Sought(reference, NUMBER, NOW)
