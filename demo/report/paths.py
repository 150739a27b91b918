"""The paths that the demo has to show, and how often the record says that each was taken."""

from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from database.sql import Pool

# Each statement counts from the record alone. `t` is what came first, `n` what followed from it.
_COUNTS = {
    "application withdrawn, another one made": """
        SELECT count(*) FROM visits t WHERE t.status = 'withdrawn' AND EXISTS (
            SELECT FROM visits n WHERE n.case_id = t.case_id AND n.requested_at > t.ended_at)""",
    "approval withdrawn, the borrower told": """
        SELECT count(*) FROM case_events t WHERE t.name = 'approval_withdrawn' AND t.accepted
        AND EXISTS (SELECT FROM contact_attempts n WHERE n.case_id = t.case_id
            AND n.template = 'visit_called_off' AND n.sent_at > t.received_at)""",
    "approval void by a part payment, given anew": """
        SELECT count(*) FROM visit_approvals t
        WHERE t.ended_because LIKE 'arrears of %' AND EXISTS (
            SELECT FROM visit_approvals n
            WHERE n.visit_id = t.visit_id AND n.approved_at > t.ended_at)
        AND EXISTS (SELECT FROM visits v JOIN payments p USING (loan_id)
            WHERE v.visit_id = t.visit_id AND p.kind = 'payment'
              AND p.recorded_at BETWEEN t.approved_at AND t.ended_at)""",
    "appointment withdrawn by the roster, another kept": """
        SELECT count(*) FROM case_events t
        JOIN visits n ON n.case_id = t.case_id AND t.body ->> 'slot_id' LIKE n.visit_id || ':%'
        WHERE t.name = 'appointment_withdrawn' AND t.accepted AND n.checked_in_at > t.received_at
          AND n.slot_id <> t.body ->> 'slot_id'""",
    "approvers silent, the second level answers": """
        SELECT count(*) FROM visit_approvals n JOIN staff s ON s.staff_id = n.approver_id
        WHERE s.level = 'senior_approver' AND EXISTS (
            SELECT FROM staff_notices t WHERE t.audience = 'senior_approvers'
            AND t.body ->> 'visit_id' = n.visit_id AND t.created_at < n.approved_at)""",
    "waiver beyond an approver, granted by a senior one": """
        SELECT count(*) FROM case_events t JOIN case_events n USING (case_id, name)
        WHERE t.name = 'plan_approved' AND t.reason LIKE 'LC-AUTHORITY%' AND n.accepted
          AND n.body ->> 'plan_id' = t.body ->> 'plan_id' AND n.sequence > t.sequence""",
    "one of the crew late: stood down, then went on": """
        SELECT count(*) FROM case_events t JOIN case_events n USING (case_id, name)
        WHERE t.name = 'visit_checked_in' AND t.reason LIKE 'CN-09:%' AND n.accepted
          AND n.body ->> 'visit_id' = t.body ->> 'visit_id' AND n.sequence > t.sequence""",
    "identity only at the second try": """
        SELECT count(*) FROM case_events t JOIN case_events n USING (case_id, name)
        WHERE t.name = 'visit_checked_in' AND t.accepted AND n.accepted
          AND t.body ->> 'identity_verified' = 'false' AND n.body ->> 'identity_verified' = 'true'
          AND n.body ->> 'visit_id' = t.body ->> 'visit_id' AND n.sequence > t.sequence""",
    "no consent to enter: agreed at the door": """
        SELECT count(*) FROM visits t WHERE NOT t.entry_consent AND t.outcome = 'agreed'
          AND t.willingness LIKE '%at the door'""",
    "report from out of reach, hours late": """
        SELECT count(*) FROM case_events t WHERE t.name = 'visit_reported' AND t.accepted
          AND t.source = 'crew-app-offline'
          AND t.received_at - t.occurred_at > interval '18 hours'""",
    "visitor checked: expected now": """
        SELECT count(DISTINCT t.visit_id) FROM visitor_checks t
        WHERE t.answer = 'expected_now'""",
    "stranger checked: not ours": """
        SELECT count(*) FROM visitor_checks t WHERE t.answer = 'not_ours'
          AND NOT EXISTS (SELECT FROM crew_members n WHERE n.badge_id = t.badge_id)""",
    "complaint desk reminded, complaint extended, answered": """
        SELECT count(*) FROM complaint_extensions t JOIN complaints n USING (loan_id, complaint_id)
        WHERE n.resolved_at > t.was_due_at AND EXISTS (
            SELECT FROM staff_notices s WHERE s.kind = 'complaint_due_soon'
            AND s.body ->> 'complaint_id' = t.complaint_id AND s.created_at < t.extended_at)""",
    "complaint upheld, another crew came": """
        SELECT count(DISTINCT t.complaint_id) FROM complaints t
        JOIN crew_bars x ON x.reason = 'complaint ' || t.complaint_id || ' upheld'
        JOIN visits n ON n.loan_id = t.loan_id AND n.checked_in_at > t.resolved_at
        WHERE t.upheld AND t.handler_id IS NOT NULL AND t.remedy <> '' AND NOT EXISTS (
            SELECT FROM visit_crew k WHERE k.visit_id = n.visit_id AND k.slot_id = n.slot_id
            AND k.badge_id = x.badge_id)""",
    "complaint not upheld": """
        SELECT count(*) FROM complaints t WHERE NOT t.upheld""",
    "penalty of the contract, covered by a completed plan": """
        SELECT count(*) FROM agreements t JOIN loan_charges n USING (agreement_id)
        WHERE t.penalty_minor > 0 AND t.status = 'completed'""",
    "plan settled early, by exactly what was left": """
        SELECT count(*) FROM agreements t JOIN agreement_balances b USING (agreement_id)
        WHERE t.status = 'completed' AND b.paid_minor = t.total_minor AND t.ended_at < (
            SELECT max(i.due_on) - 7 FROM agreement_instalments i
            WHERE i.agreement_id = t.agreement_id)
        AND EXISTS (SELECT FROM payments n
            WHERE n.loan_id = t.loan_id AND n.recorded_at BETWEEN t.signed_at AND t.ended_at
              AND n.amount_minor = (SELECT sum(i.amount_minor) FROM agreement_instalments i
                  WHERE i.agreement_id = t.agreement_id AND i.number > 1 HAVING count(*) > 1))""",
    "plan renegotiated after its first part, the other one kept": """
        SELECT count(*) FROM agreements t JOIN agreements n ON n.supersedes = t.agreement_id
        WHERE t.status = 'superseded' AND n.carried_minor > 0 AND n.status = 'completed'""",
    "plan broken, the borrower told": """
        SELECT count(*) FROM agreements t WHERE t.status = 'broken' AND EXISTS (
            SELECT FROM contact_attempts n WHERE n.case_id = t.case_id
            AND n.template = 'plan_broken' AND n.status = 'sent' AND n.sent_at >= t.ended_at)""",
    "told nothing at a number nobody had confirmed, told there once they had said who they are": """
        SELECT count(DISTINCT n.phone_id) FROM contact_attempts t JOIN contact_attempts n
        USING (phone_id) JOIN phone_confirmations c USING (phone_id)
        WHERE t.template = 'first_message' AND n.template = 'overdue_notice'
          AND c.confirmed_by = 'conversation' AND n.reserved_at > c.confirmed_at""",
    "a reply N: nothing more to that number": """
        SELECT count(*) FROM replies t JOIN phones p USING (phone_id)
        WHERE t.read_as = 'wrong_person' AND p.status = 'wrong_person' AND NOT EXISTS (
            SELECT FROM contact_attempts n
            WHERE n.phone_id = t.phone_id AND n.reserved_at > t.read_at)""",
    "a contact person who refused by hotline, and was not asked": """
        SELECT count(*) FROM case_events t JOIN phones p ON p.phone_id = t.body ->> 'phone_id'
        WHERE t.name = 'phone_reported' AND t.accepted AND p.relation = 'contact_person'
          AND NOT EXISTS (SELECT FROM contact_attempts n WHERE n.phone_id = p.phone_id)""",
    "a dispute in a reply, read by somebody: left in peace": """
        SELECT count(*) FROM replies t JOIN phones p USING (phone_id)
        JOIN holds n USING (borrower_id)
        WHERE t.read_as = 'for_people' AND n.reason = 'dispute' AND n.placed_at > t.read_at""",
    "has called, and has said who they are": """
        SELECT count(*) FROM conversations t WHERE t.identity_confirmed""",
    "has died: left in peace to the end": """
        SELECT count(*) FROM holds t JOIN loans l USING (loan_id)
        WHERE t.reason = 'bereavement' AND NOT EXISTS (
            SELECT FROM contact_attempts n
            WHERE n.borrower_id = l.borrower_id AND n.reserved_at > t.placed_at)""",
    "a contact person asked, the borrower's number being a stranger's": """
        SELECT count(*) FROM contact_attempts t JOIN phones n USING (borrower_id)
        WHERE t.template = 'locate_call' AND t.status = 'sent' AND n.status = 'wrong_person'""",
}
_ENDS = "SELECT count(DISTINCT outcome) FROM collection_cases"
_ALL_ENDS = 7


class PathCount(NamedTuple):
    """A path, how often it was taken, and how often it has to be."""

    name: str
    seen: int
    needed: int = 1

    @property
    def was_taken(self) -> bool:
        return self.seen >= self.needed


async def count_paths(pool: Pool, files_in_order: int) -> list[PathCount]:
    """Every path from the record; `files_in_order`: how many of the legal desk's were verified."""
    counted = [PathCount(name, await pool.fetchval(query)) for name, query in _COUNTS.items()]
    return [
        *counted,
        PathCount("the legal desk's file of a case, written out and verified", files_in_order),
        PathCount("different ends", await pool.fetchval(_ENDS), _ALL_ENDS),
    ]


def show_paths(paths: list[PathCount], console: Console) -> None:
    """How often each was taken, and a line for each that was not."""
    table = Table(title="Paths taken", title_justify="left", min_width=40)
    table.add_column("path")
    table.add_column("times", justify="right")
    for path in paths:
        table.add_row(path.name, f"[green]{path.seen}" if path.was_taken else f"[red]{path.seen}")
    console.print(table)
    for path in paths:
        if not path.was_taken:
            line = f"path not taken: {path.name}: {path.seen} times, {path.needed} needed"
            console.print(line, highlight=False, markup=False, soft_wrap=True)
