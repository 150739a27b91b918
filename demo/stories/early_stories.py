"""Stories of loans that are not far behind: they end before a visit would be possible."""

from demo.stories.acts import Act, Habit, Move, close, pay
from domain.case.facts import Outcome

CURED, LEGAL = Outcome.CURED, Outcome.HANDED_TO_LEGAL

# For the others, the furthest behind first.
EARLY_STORIES = (
    Habit(
        "number of a stranger, a contact person passes the word on",
        CURED,
        call_outcome="wrong_person",
        has_contact_person=True,
    ),
    Habit(
        "number of a stranger, a contact person passes the word on",
        CURED,
        call_outcome="wrong_person",
        has_contact_person=True,
    ),
    Habit(
        "number of a stranger, a contact person who refuses by hotline",
        CURED,
        moves=(Move(1, Act.FRIEND_REFUSES), pay(33)),
        call_outcome="wrong_person",
        has_contact_person=True,
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
    Habit(
        "no calls, please; complains for no reason",
        CURED,
        moves=(Move(2, Act.BLOCK_CALLS), Move(5, Act.COMPLAIN, days=6, upheld=False), pay(24)),
    ),
    Habit(
        "disputes the amount", CURED, moves=(Move(4, Act.HOLD, days=15, text="dispute"), pay(28))
    ),
    Habit(
        "disputes the amount in a reply",
        CURED,
        moves=(Move(4, Act.REPLY, text="这笔金额不对", days=12), pay(28)),
    ),
    Habit(
        "a stranger has the number, and replies N",
        Outcome.TRANSFERRED,
        moves=(Move(5, Act.REPLY, text="N"), close(36, Outcome.TRANSFERRED)),
    ),
    Habit("calls back and pays", CURED, moves=(Move(3, Act.CALL), pay(12))),
    Habit(
        "complains about a call, the answer takes time",
        CURED,
        moves=(Move(4, Act.COMPLAIN, days=19), pay(27)),
    ),
    Habit(
        "blocks their phone",
        Outcome.TRANSFERRED,
        moves=(Move(3, Act.BLOCK_PHONE), close(38, Outcome.TRANSFERRED)),
    ),
    Habit("payment taken back", CURED, moves=(pay(4), Move(12, Act.REVERSE), pay(31))),
    Habit("payment taken back", CURED, moves=(pay(2), Move(9, Act.REVERSE), pay(23))),
    Habit("part payment taken back", CURED, moves=(pay(5, 0.5), Move(11, Act.REVERSE), pay(29))),
    Habit(
        "has died, claim withdrawn",
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
        moves=(Move(3, Act.COMPLAIN, days=9), close(16, Outcome.WITHDRAWN)),
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
