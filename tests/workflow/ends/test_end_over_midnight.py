"""An end that is on record before midnight, and of which its run hears after it."""

from datetime import timedelta
from typing import Any

import temporalio.client
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from tests.support.lives.lives import Lives
from tests.support.lives.rebuilt import take_up_again
from tests.support.lives.time_skipping import MOMENT
from tests.support.world import INSTALMENT

LOST_ANSWERS = 5


class _LosesAnswers(temporalio.client.Interceptor, Interceptor):
    """The close is on record at its first try; its worker dies before it can say so."""

    def __init__(self) -> None:
        self.answers = 0

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        outer = self

        class _Inbound(ActivityInboundInterceptor):
            async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
                result = await super().execute_activity(input)
                if input.fn.__name__ == "close_case":
                    outer.answers += 1
                    if outer.answers <= LOST_ANSWERS:
                        raise RuntimeError("the worker is gone")
                return result

        return _Inbound(next)


async def test_closing_notice_is_sent_once(lives: Lives) -> None:
    """Taken up from the record, which knows another day than the run: it is not another notice."""
    lives.shift.intercept(_LosesAnswers())
    life = await lives.start(5)
    await life.skip_to(life.loan.local(life.loan.on(await life.now()), 23, 59))
    await life.skip(50 * MOMENT)
    await life.signal("payment_received", payment_id="LAST", amount_minor=INSTALMENT)
    await life.skip(timedelta(days=1))
    assert await life.outcome() == "cured"
    await life.pool.execute("UPDATE collection_cases SET is_ending = true")
    await take_up_again(life)
    await life.skip(timedelta(days=1))
    keys = await life.fetch("SELECT intent_key FROM contact_attempts WHERE purpose = 'closing'")
    closed_on = await life.value("SELECT closed_at FROM collection_cases")
    assert len(keys) == 1
    assert str(life.loan.on(closed_on)) not in keys[0]["intent_key"]
