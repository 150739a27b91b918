"""What each borrower of the demo is like: together they reach every end, on every path.

Pure and deterministic, so that every run plays the same story. Days are counted from the first
day of the demo. Borrowers far behind take the habits that need a visit; the others pay, promise,
complain, or are closed by other systems.
"""

from collections.abc import Sequence
from itertools import cycle

from demo.acts import Act, Answer, AtTheDoor, Habit, Move, Visits, close, pay
from domain.debt import Outcome

YES, NO, SILENCE, WRONG_THEN_YES = Answer.YES, Answer.NO, Answer.SILENCE, Answer.WRONG_THEN_YES
CURED, COMPLETED, LEGAL = Outcome.CURED, Outcome.PLAN_COMPLETED, Outcome.HANDED_TO_LEGAL

FAR_BEHIND = 58  # days past due from which a visit fits into the demo

# For loans far behind, the furthest first.
VISIT_STORIES = (
    Habit("never answers", LEGAL, visits=Visits(appointments=(SILENCE,)), call_outcome="no_answer"),
    Habit("signs at the door", COMPLETED, visits=Visits(parts=3)),
    Habit(
        "applies himself, asks for another time",
        COMPLETED,
        visits=Visits(applicant="borrower", appointments=(NO, YES)),
    ),
    Habit("signs and never pays", LEGAL, visits=Visits(parts_paid=0, doors=(AtTheDoor.AGREED,))),
    Habit("large waiver, approved", COMPLETED, visits=Visits(waivers=(0.2,))),
    Habit(
        "large waiver, not approved",
        COMPLETED,
        visits=Visits(waivers=(0.25, 0.03), waiver_approvals=(NO,)),
    ),
    Habit("declines the agreement once", COMPLETED, visits=Visits(signings=(NO, YES))),
    Habit(
        "pays while the crew is on the road", CURED, visits=Visits(doors=(AtTheDoor.PAYS_BEFORE,))
    ),
    Habit(
        "not at home the first time",
        COMPLETED,
        visits=Visits(doors=(AtTheDoor.NOT_PRESENT, AtTheDoor.AGREED)),
    ),
    Habit(
        "refuses at the door, written off",
        Outcome.WRITTEN_OFF,
        visits=Visits(doors=(AtTheDoor.REFUSED,)),
        legal_desk=Outcome.WRITTEN_OFF,
    ),
    Habit(
        "applies himself, signs a wrong copy first",
        COMPLETED,
        visits=Visits(applicant="borrower", signings=(WRONG_THEN_YES,)),
    ),
    Habit(
        "complains when the visit is arranged",
        COMPLETED,
        moves=(Move(23, Act.COMPLAIN, days=6),),
        visits=Visits(),
    ),
    Habit(
        "dangerous dog, sold on",
        Outcome.TRANSFERRED,
        visits=Visits(doors=(AtTheDoor.UNSAFE,)),
        legal_desk=Outcome.TRANSFERRED,
    ),
    Habit("first application rejected", COMPLETED, visits=Visits(approvals=(NO, YES))),
    Habit(
        "cannot show who he is, pays later",
        CURED,
        moves=(pay(62),),
        visits=Visits(doors=(AtTheDoor.NO_IDENTITY,)),
    ),
    Habit(
        "approvers silent, then pays",
        CURED,
        moves=(pay(52),),
        visits=Visits(approvals=(SILENCE,)),
    ),
    Habit(
        "declines every appointment",
        CURED,
        moves=(Move(50, Act.PROMISE, days=8), pay(56)),
        visits=Visits(appointments=(NO,)),
    ),
    Habit(
        "signs, then pays the whole loan off",
        Outcome.SETTLED,
        moves=(Move(68, Act.PAY_OFF),),
        visits=Visits(parts=3),
    ),
    Habit("pays at the door", CURED, visits=Visits(doors=(AtTheDoor.PAYS_MEANWHILE,))),
    Habit(
        "a collector applies unasked",
        COMPLETED,
        moves=(Move(34, Act.APPLY),),
        visits=Visits(approvals=(WRONG_THEN_YES,)),
    ),
)

# For the others, the furthest behind first.
EARLY_STORIES = (
    Habit(
        "number of a stranger",
        Outcome.TRANSFERRED,
        moves=(close(40, Outcome.TRANSFERRED),),
        call_outcome="wrong_person",
    ),
    Habit("sold with the portfolio", Outcome.TRANSFERRED, moves=(close(35, Outcome.TRANSFERRED),)),
    Habit(
        "insolvent",
        Outcome.WRITTEN_OFF,
        moves=(Move(5, Act.HOLD, text="insolvency"), close(33, Outcome.WRITTEN_OFF)),
    ),
    Habit(
        "promises and breaks it, to court",
        LEGAL,
        moves=(Move(6, Act.PROMISE, days=7), close(45, LEGAL)),
    ),
    Habit("part payment, the rest later", CURED, moves=(pay(5, 0.5), pay(30))),
    Habit("part payment, the rest later", CURED, moves=(pay(8, 0.6), pay(26))),
    Habit("pays off the whole loan", Outcome.SETTLED, moves=(Move(10, Act.PAY_OFF),)),
    Habit("no calls, please", CURED, moves=(Move(2, Act.BLOCK_CALLS), pay(24))),
    Habit(
        "disputes the amount", CURED, moves=(Move(4, Act.HOLD, days=15, text="dispute"), pay(28))
    ),
    Habit("complains about a call", CURED, moves=(Move(4, Act.COMPLAIN, days=9), pay(27))),
    Habit(
        "blocks his phone",
        Outcome.TRANSFERRED,
        moves=(Move(3, Act.BLOCK_PHONE), close(38, Outcome.TRANSFERRED)),
    ),
    Habit("payment taken back", CURED, moves=(pay(4), Move(12, Act.REVERSE), pay(31))),
    Habit("payment taken back", CURED, moves=(pay(2), Move(9, Act.REVERSE), pay(23))),
    Habit("part payment taken back", CURED, moves=(pay(5, 0.5), Move(11, Act.REVERSE), pay(29))),
    Habit(
        "bereaved, claim withdrawn",
        Outcome.WITHDRAWN,
        moves=(Move(6, Act.HOLD, text="bereavement"), close(20, Outcome.WITHDRAWN)),
    ),
    Habit(
        "hardship, then pays",
        CURED,
        moves=(Move(5, Act.HOLD, text="hardship"), Move(22, Act.RELEASE), pay(33)),
    ),
    Habit(
        "claim was wrong",
        Outcome.WITHDRAWN,
        moves=(Move(3, Act.COMPLAIN, days=12), close(16, Outcome.WITHDRAWN)),
    ),
    Habit("promises and keeps it", CURED, moves=(Move(3, Act.PROMISE, days=7), pay(9))),
    Habit("promises and keeps it", CURED, moves=(Move(5, Act.PROMISE, days=10), pay(15))),
    Habit("promises and keeps it", CURED, moves=(Move(2, Act.PROMISE, days=4), pay(7))),
    Habit(
        "promises and breaks it, pays later", CURED, moves=(Move(4, Act.PROMISE, days=5), pay(26))
    ),
    Habit(
        "promises and breaks it, pays later", CURED, moves=(Move(6, Act.PROMISE, days=6), pay(34))
    ),
    Habit("promises too far ahead", CURED, moves=(Move(3, Act.PROMISE, days=60), pay(18))),
    Habit("afternoons only", CURED, moves=(Move(2, Act.AFTERNOONS_ONLY), pay(21))),
    Habit("systems that stammer", CURED, moves=(Move(3, Act.NOISE), Move(4, Act.NOISE), pay(13))),
    Habit(
        "systems that repeat",
        CURED,
        moves=(pay(4, 0.4), Move(5, Act.REPEAT), pay(16), Move(17, Act.REPEAT)),
    ),
    Habit("pays late in the ladder", CURED, moves=(pay(32),)),
    Habit("pays late in the ladder", CURED, moves=(pay(25),)),
    Habit("pays late in the ladder", CURED, moves=(pay(21),)),
    Habit("pays off the whole loan", Outcome.SETTLED, moves=(Move(17, Act.PAY_OFF),)),
    Habit("promises and keeps it", CURED, moves=(Move(8, Act.PROMISE, days=9), pay(16))),
    Habit("written off as too small", Outcome.WRITTEN_OFF, moves=(close(14, Outcome.WRITTEN_OFF),)),
    *(Habit("pays at once", CURED, moves=(pay(day),)) for day in (1, 2, 3, 1, 5, 2, 6, 3, 9, 4)),
    *(Habit("pays after a while", CURED, moves=(pay(day),)) for day in (12, 17, 20, 14, 24, 19)),
)


def assign(days_past_due: Sequence[tuple[str, int]]) -> dict[str, Habit]:
    """A habit for each loan, by loan id; the loan furthest behind takes the first habit."""
    ranked = sorted(days_past_due, key=lambda loan: (-loan[1], loan[0]))
    far = [loan for loan, days in ranked if days >= FAR_BEHIND]
    near = [loan for loan, days in ranked if days < FAR_BEHIND]
    return {
        **dict(zip(far, cycle(VISIT_STORIES), strict=False)),
        **dict(zip(near, cycle(EARLY_STORIES), strict=False)),
    }


def last_reversal(habits: dict[str, Habit]) -> int:
    """The last day on which a payment is taken back, and a closed case opens again."""
    return max(
        (move.day for habit in habits.values() for move in habit.moves if move.act is Act.REVERSE),
        default=0,
    )
