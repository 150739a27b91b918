"""Stories of loans far behind: each leads to a visit, or shows what may come in between."""

from demo.stories.acts import (
    Act,
    AfterFirstPart,
    Answer,
    AtProposal,
    AtTheDoor,
    Habit,
    Move,
    Visits,
    pay,
)
from domain.case.facts import Outcome

YES, NO, SILENCE, WRONG_THEN_YES = Answer.YES, Answer.NO, Answer.SILENCE, Answer.WRONG_THEN_YES
CONFIRMS, DECLINES = AtProposal.CONFIRMS, AtProposal.DECLINES
CURED, COMPLETED, LEGAL = Outcome.CURED, Outcome.PLAN_COMPLETED, Outcome.HANDED_TO_LEGAL

# The furthest behind takes the first.
VISIT_STORIES = (
    Habit(
        "never answers",
        LEGAL,
        visits=Visits(appointments=(AtProposal.IGNORES,)),
        call_outcome="no_answer",
    ),
    Habit(
        "signs out of reach of the network and never pays",
        LEGAL,
        visits=Visits(doors=(AtTheDoor.OUT_OF_REACH,), parts_paid=0),
    ),
    Habit(
        "applies unasked, withdraws, applies again, asks for another time",
        COMPLETED,
        visits=Visits(
            applicant="borrower", appointments=(AtProposal.WITHDRAWS, DECLINES, CONFIRMS)
        ),
    ),
    Habit(
        "pays part before the visit, large waiver, approved, then asks for other dates",
        COMPLETED,
        visits=Visits(
            appointments=(AtProposal.PAYS_PART, CONFIRMS),
            waivers=(0.2,),
            parts=3,
            after_first_part=AfterFirstPart.RENEGOTIATES,
        ),
    ),
    Habit(
        "approved by the second level, signs at the door",
        COMPLETED,
        visits=Visits(approvals=(Answer.SENIOR,), doors=(AtTheDoor.COLLEAGUE_LATE,)),
    ),
    Habit(
        "large waiver, not approved",
        COMPLETED,
        visits=Visits(waivers=(0.25, 0.03), waiver_approvals=(NO,)),
    ),
    Habit(
        "declines the agreement once, then a waiver for a senior approver",
        COMPLETED,
        visits=Visits(signings=(NO, YES), waivers=(0.0, 0.25)),
    ),
    Habit(
        "pays while the crew is on the road", CURED, visits=Visits(doors=(AtTheDoor.PAYS_BEFORE,))
    ),
    Habit(
        "not at home the first time",
        COMPLETED,
        visits=Visits(doors=(AtTheDoor.NOT_PRESENT, AtTheDoor.AGREED), parts=1),
        penalty_rate_percent="5",
    ),
    Habit(
        "a collector falls ill, refuses at the door, written off",
        Outcome.WRITTEN_OFF,
        visits=Visits(doors=(AtTheDoor.REFUSED,), collector_ill=1),
        legal_desk=Outcome.WRITTEN_OFF,
    ),
    Habit(
        "applies unasked, lets nobody in, signs a wrong copy first",
        COMPLETED,
        visits=Visits(
            applicant="borrower",
            doors=(AtTheDoor.NO_CONSENT,),
            signings=(WRONG_THEN_YES,),
            asks_hotline=True,
        ),
    ),
    Habit(
        "complains about the crew when the visit is arranged",
        COMPLETED,
        visits=Visits(appointments=(AtProposal.COMPLAINS, CONFIRMS), asks_hotline=True),
        penalty_rate_percent="5",
    ),
    Habit(
        "approval withdrawn, then a dangerous dog, sold on",
        Outcome.TRANSFERRED,
        visits=Visits(approvals=(Answer.TAKEN_BACK, YES), doors=(AtTheDoor.UNSAFE,)),
        legal_desk=Outcome.TRANSFERRED,
    ),
    Habit(
        "first application rejected, finds their card later",
        COMPLETED,
        visits=Visits(approvals=(NO, YES), doors=(AtTheDoor.CARD_FOUND_LATER,), asks_hotline=True),
    ),
    Habit(
        "cannot show who they are, pays later",
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
        visits=Visits(appointments=(DECLINES,)),
    ),
    Habit(
        "signs out of reach of the network, then pays the whole loan off",
        Outcome.SETTLED,
        moves=(Move(68, Act.PAY_OFF),),
        visits=Visits(doors=(AtTheDoor.OUT_OF_REACH,), parts=3, asks_hotline=True),
    ),
    Habit("pays at the door", CURED, visits=Visits(doors=(AtTheDoor.PAYS_MEANWHILE,))),
    Habit(
        "a collector applies unasked, settles the plan early",
        COMPLETED,
        moves=(Move(34, Act.APPLY),),
        visits=Visits(
            approvals=(WRONG_THEN_YES,), parts=3, after_first_part=AfterFirstPart.SETTLES
        ),
    ),
)
