"""Notices to the lender's own people: approvers, crews, collectors, the desks."""

import json
from collections.abc import Mapping
from datetime import datetime

from database.sql import SQL, Pool
from domain.case.notices import Audience, NoticeKind


class StaffNotices:
    """Puts notices where the lender's systems read them. May be repeated."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def notify_staff_of_loan(
        self,
        notice_id: str,
        loan_id: str,
        audience: Audience,
        kind: NoticeKind,
        body: Mapping[str, object],
        now: datetime,
    ) -> None:
        """Tell the lender's own people something of a loan that never had a case."""
        await SQL.notify_staff_of_loan(
            self._pool,
            notice_id=notice_id,
            loan_id=loan_id,
            audience=audience,
            kind=kind,
            body=json.dumps(body),
            now=now,
        )

    async def notify_staff(
        self,
        notice_id: str,
        case_id: str,
        audience: Audience,
        kind: NoticeKind,
        body: Mapping[str, object],
        now: datetime,
    ) -> None:
        """Tell the lender's own people something, once for each `notice_id`."""
        await SQL.notify_staff(
            self._pool,
            notice_id=notice_id,
            case_id=case_id,
            audience=audience,
            kind=kind,
            body=json.dumps(body),
            now=now,
        )
