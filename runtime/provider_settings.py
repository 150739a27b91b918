"""The providers' credentials and addresses; only those of a chosen one are needed."""

import json
import re
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.mistakes import reason
from runtime.settings import SettingsError

_ADDRESS = r"^https?://[^\s/?#]+(/[^\s?#]*)?$"
_ID = "^[A-Za-z0-9_-]{1,80}$"


class ProviderSettings(BaseSettings):
    """Each field is the environment variable of the same name; an empty one is not set."""

    # An address that is not set has no shape to be held to.
    model_config = SettingsConfigDict(env_ignore_empty=True, frozen=True, validate_default=False)

    # Receipts come to RECEIPTS_URL/{provider}/{RECEIPTS_SECRET}, as the providers see it.
    receipts_url: str = Field(default="", pattern=_ADDRESS)
    receipts_secret: SecretStr = Field(default=SecretStr(""), min_length=20)

    webhook_url: str = Field(default="", pattern=_ADDRESS)
    webhook_secret: SecretStr = SecretStr("")

    twilio_account_sid: str = Field(default="", pattern="^AC[0-9a-f]{32}$")
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_sms_from: str = Field(default="", pattern=r"^(\+\d{6,15}|MG[0-9a-f]{32})$")
    twilio_call_from: str = Field(default="", pattern=r"^\+\d{6,15}$")
    twilio_call_flow: str = Field(default="", pattern="^FW[0-9a-f]{32}$")
    twilio_url: str = Field(default="https://api.twilio.com", pattern=_ADDRESS)
    twilio_studio_url: str = Field(default="https://studio.twilio.com", pattern=_ADDRESS)

    infobip_url: str = Field(default="", pattern=_ADDRESS)
    infobip_api_key: SecretStr = SecretStr("")
    infobip_sms_from: str = Field(default="", pattern=r"^\+?\w[\w .-]{0,14}$")
    infobip_call_from: str = Field(default="", pattern=r"^\+?\d{3,15}$")
    infobip_call_scenario: str = Field(default="", pattern=_ID)

    tencent_secret_id: str = Field(default="", pattern=_ID)
    tencent_secret_key: SecretStr = SecretStr("")
    tencent_region: str = Field(default="ap-guangzhou", pattern=_ID)
    tencent_sms_app_id: str = Field(default="", pattern=r"^\d{4,20}$")
    tencent_sms_sign: str = ""
    tencent_call_app_id: str = Field(default="", pattern=r"^\d{4,20}$")
    tencent_templates: Path | None = None  # JSON, see docs/providers.md
    tencent_sms_url: str = Field(default="https://sms.tencentcloudapi.com", pattern=_ADDRESS)
    tencent_call_url: str = Field(default="https://vms.tencentcloudapi.com", pattern=_ADDRESS)

    @field_validator("infobip_api_key")
    @classmethod
    def _fits_a_header(cls, key: SecretStr) -> SecretStr:
        # Any other would fail in every request, before it left the house.
        if not re.fullmatch(r"[!-~]*", key.get_secret_value()):
            raise ValueError("must be of printable ASCII characters, without spaces")
        return key

    def need(self, for_setting: str, *names: str) -> None:
        """See that what a chosen provider needs is set.

        Raises:
            SettingsError: for the first that is not.
        """
        for name in names:
            value = getattr(self, name)
            if not (value.get_secret_value() if isinstance(value, SecretStr) else value):
                raise SettingsError(f"{name.upper()} is not set: {for_setting} needs it")

    def templates(self) -> dict[str, dict[str, object]]:
        """The registered templates of TENCENT_TEMPLATES, by our name and language.

        Raises:
            SettingsError: when the file is missing or is no such list.
        """
        try:
            read = json.loads((self.tencent_templates or Path()).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise SettingsError(f"TENCENT_TEMPLATES is wrong: {error}") from None
        if not isinstance(read, dict) or not all(_is_template(each) for each in read.values()):
            wanted = '{"overdue_notice.zh": {"id": "…", "values": ["…"]}, …}'
            raise SettingsError(f"TENCENT_TEMPLATES is wrong: must be {wanted}")
        return read


def load_provider_settings() -> ProviderSettings:
    """Read them from the environment.

    Raises SettingsError for the first that is wrong, without its value.
    """
    try:
        return ProviderSettings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise SettingsError(f"{str(first['loc'][0]).upper()} is wrong: {reason(first)}") from None


def _is_template(value: object) -> bool:
    match value:
        case {"id": str(), "values": list(names)}:
            return all(isinstance(name, str) for name in names)
    return False
