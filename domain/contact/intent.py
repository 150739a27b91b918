"""What somebody wants to say to a person, as an intent that is made at most once."""

from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from domain.messages.templates import WITHOUT_DEBT_DETAILS, Template
from domain.policy.contact import Channel, Purpose

LATER_WINDOW = r":\d+"  # what the key of a window after the first ends with


class Intent(BaseModel):
    """One contact that somebody wants to make; the same key is made at most once."""

    key: str  # from business state, never from a run or an activity
    case_id: str
    channel: Channel
    purpose: Purpose
    # Other text is a template of before, in a history: it loads, and nothing is sent of it.
    template: Annotated[Template | str, Field(union_mode="left_to_right")]
    by: AwareDatetime | None = None  # later it is not made any more
    slot_start: AwareDatetime | None = None  # of an appointment that is not on record any more
    answer_by: AwareDatetime | None = None  # what is asked for can be done until then
    part_number: int | None = None  # of the plan; nothing is said once another part is the next
    first_key: str | None = None  # of the first window, in a later one

    @model_validator(mode="after")
    def _tells_no_third_party_of_a_debt(self) -> Self:
        speaks_of_debt = self.template in set(Template) - WITHOUT_DEBT_DETAILS
        if self.purpose is Purpose.LOCATE and speaks_of_debt:
            raise ValueError(f"{self.template} tells a contact person of the debt (CN-07)")
        return self

    def of_window(self, number: int) -> "Intent":
        """The intent of a window: what was certainly not sent in the one before is another one."""
        if number == 1:
            return self
        return self.model_copy(update={"key": f"{self.key}:{number}", "first_key": self.key})
