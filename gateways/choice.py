"""Which provider serves which channel: the only place that reads a provider's name."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple, assert_never

from domain.policy.contact import Channel
from gateways.infobip import InfobipAccount, InfobipCalls, InfobipSms
from gateways.line import Line
from gateways.protocol import Gateway
from gateways.receipts.infobip import InfobipReceipts
from gateways.receipts.reading import ReceiptReader
from gateways.receipts.tencent import TencentReceipts
from gateways.receipts.twilio import TwilioReceipts
from gateways.simulated import Outbox, SimulatedGateway
from gateways.standard_webhooks import read_secret
from gateways.tencent import (
    RegisteredTemplate,
    TencentAccount,
    TencentCalls,
    TencentSms,
    never_said,
)
from gateways.twilio import TwilioAccount, TwilioCalls, TwilioSms
from gateways.webhook import WebhookGateway, WebhookReceipts
from runtime.provider_settings import ProviderSettings
from runtime.settings import GatewayName, SettingsError

RealTime = Callable[[], datetime]


class _Choice(NamedTuple):
    name: GatewayName
    channel: Channel
    given: ProviderSettings
    real_time: RealTime

    @property
    def is_sms(self) -> bool:
        return self.channel is Channel.SMS

    def need(self, *names: str) -> None:
        setting = f"{self.channel.upper()}_GATEWAY={self.name}"
        self.given.need(setting, *names)


def choose_gateways(
    names: Mapping[Channel, GatewayName],
    outbox: Outbox,
    given: ProviderSettings,
    real_time: RealTime,
) -> Mapping[Channel, Gateway]:
    """The provider of each channel by its name; `outbox` is where simulated ones keep them.

    Raises:
        SettingsError: naming the first setting of a chosen provider that is missing or wrong.
    """
    return {
        channel: _gateway(_Choice(name, channel, given, real_time), outbox)
        for channel, name in names.items()
    }


def choose_readers(
    names: Mapping[Channel, GatewayName], given: ProviderSettings, real_time: RealTime
) -> Mapping[str, ReceiptReader]:
    """Who reads the receipts of each chosen provider, by its name in their address.

    Raises:
        SettingsError: as above.
    """
    readers = {
        name: _reader(_Choice(name, channel, given, real_time)) for channel, name in names.items()
    }
    return {name: reader for name, reader in readers.items() if reader is not None}


def _gateway(chosen: _Choice, outbox: Outbox) -> Gateway:
    match chosen.name:
        case "simulated":
            return SimulatedGateway(chosen.channel, outbox)
        case "webhook":
            key = _webhook_key(chosen)
            line = Line(chosen.given.webhook_url)
            return WebhookGateway(chosen.channel, line, key, chosen.real_time)
        case "twilio":
            return _twilio(chosen)
        case "infobip":
            return _infobip(chosen)
        case "tencent":
            return _tencent(chosen)
    assert_never(chosen.name)


def _reader(chosen: _Choice) -> ReceiptReader | None:
    match chosen.name:
        case "simulated":
            return None
        case "webhook":
            return WebhookReceipts(_webhook_key(chosen), chosen.real_time)
        case "twilio":
            chosen.need("twilio_auth_token")
            token = chosen.given.twilio_auth_token.get_secret_value()
            return TwilioReceipts(token, _receipts_url(chosen), chosen.real_time)
        case "infobip":
            return InfobipReceipts()
        case "tencent":
            return TencentReceipts()
    assert_never(chosen.name)


def _webhook_key(chosen: _Choice) -> bytes:
    chosen.need("webhook_url", "webhook_secret")
    try:
        return read_secret(chosen.given.webhook_secret.get_secret_value())
    except ValueError as error:
        raise SettingsError(f"WEBHOOK_SECRET is wrong: {error}") from None


def _receipts_url(chosen: _Choice) -> str:
    chosen.need("receipts_url", "receipts_secret")
    secret = chosen.given.receipts_secret.get_secret_value()
    return f"{chosen.given.receipts_url.rstrip('/')}/{chosen.name}/{secret}"


def _twilio(chosen: _Choice) -> Gateway:
    chosen.need("twilio_account_sid", "twilio_auth_token")
    given, receipts_url = chosen.given, _receipts_url(chosen)
    auth = (given.twilio_account_sid, given.twilio_auth_token.get_secret_value())
    account = TwilioAccount(given.twilio_account_sid, receipts_url)
    line = Line(given.twilio_url, auth)
    if chosen.is_sms:
        chosen.need("twilio_sms_from")
        return TwilioSms(line, account, given.twilio_sms_from)
    chosen.need("twilio_call_from", "twilio_call_flow")
    studio = Line(given.twilio_studio_url, auth)
    return TwilioCalls(line, studio, account, given.twilio_call_from, given.twilio_call_flow)


def _infobip(chosen: _Choice) -> Gateway:
    sender = "infobip_sms_from" if chosen.is_sms else "infobip_call_from"
    chosen.need("infobip_url", "infobip_api_key", sender)
    given, line = chosen.given, Line(chosen.given.infobip_url)
    account = InfobipAccount(
        key=given.infobip_api_key.get_secret_value(),
        sender=getattr(given, sender),
        receipts_url=_receipts_url(chosen),
    )
    if chosen.is_sms:
        return InfobipSms(line, account, chosen.real_time)
    chosen.need("infobip_call_scenario")
    return InfobipCalls(line, account, chosen.real_time, given.infobip_call_scenario)


def _tencent(chosen: _Choice) -> Gateway:
    app = "tencent_sms_app_id" if chosen.is_sms else "tencent_call_app_id"
    chosen.need("tencent_secret_id", "tencent_secret_key", "tencent_templates", app)
    given = chosen.given
    account = TencentAccount(
        secret_id=given.tencent_secret_id,
        secret_key=given.tencent_secret_key.get_secret_value(),
        app_id=getattr(given, app),
        region=given.tencent_region,
        templates=_templates(given),
        sign_name=given.tencent_sms_sign,
    )
    if not chosen.is_sms:
        return TencentCalls(Line(given.tencent_call_url), account, chosen.real_time)
    chosen.need("tencent_sms_sign")
    return TencentSms(Line(given.tencent_sms_url), account, chosen.real_time)


def _templates(given: ProviderSettings) -> Mapping[str, RegisteredTemplate]:
    templates = {
        name: RegisteredTemplate(str(each["id"]), tuple(_names(each["values"])))
        for name, each in given.templates().items()
    }
    for name, registered in templates.items():
        for value in never_said(name, registered.values):
            raise SettingsError(
                f"TENCENT_TEMPLATES is wrong: {name}: no text of it has the value {value}"
            )
    return templates


def _names(values: object) -> list[str]:
    return [str(each) for each in values] if isinstance(values, list) else []
