"""Why a cost is flat or is not: what was found by looking."""

_GATE = "a reservation by the gate"

REASONS: dict[tuple[str, str], str] = {
    (_GATE, "contacts of the borrower"): (
        "the facts hold the borrower's contacts within the longest window of a rule (eight days"
        " under the shipped policy), which an index on borrower and time finds: those before are"
        " not looked at."
    ),
    (_GATE, "loans of the borrower"): (
        "nothing is read loan by loan but what the case is about; contacts, holds and numbers are"
        " the borrower's."
    ),
    ("the audit, a row", "attempts on record"): (
        "a fifth more for a hundred times the rows: it sorts and joins all of them. Which check it"
        " is was not looked into. A million attempts took 98 s of a processor."
    ),
    ("contact step, processor time", "open loans"): (
        "who sleeps costs nothing: neither Temporal nor our database looks at a loan that has"
        " nothing to do."
    ),
    ("contact step, from its timer to its record", "open loans"): (
        "time by the wall, on a machine whose others take most of it: at 1,000 it spread from 82 to"
        " 243 ms, at 50,000 from 85 to 492. Its processor time is flat."
    ),
    ("Temporal's data on disk for an open loan before its first task", "open loans"): (
        "a loan that a worker has taken up takes 36 KiB with 1,000 of them, and 34 KiB with 10,000."
    ),
    ("worker's start to its first task", "open loans"): (
        "a worker loads nothing of the open loans: it takes up what it is given. What spreads is"
        " the machine's other work."
    ),
    ("answer for a loan that slept", "open loans"): (
        "the worker is given the run's history and replays it: what counts is how long that one is."
    ),
    ("import of a row", "loans of a borrower"): (
        "the borrower's own rows are written once, and not again for each loan."
    ),
    ("state that a run is started with", "months of life"): (
        "the first run begins with two ids, each later one with where the case stands, which does"
        " not grow: event ids and refusals that it remembers are limited, and contacts are on"
        " record only. From the sixth month to the 24th it is the same."
    ),
    ("a contact step, processor time of the worker", "months of life"): (
        "the ladder looked at every step that was behind it and made a key of each: 1.6 ms with 30"
        " behind it, 10 ms with 720, each time that the next step was asked for. It now looks at"
        " their days alone (2.4 ms with 30 as with 720, under the same load). A shipped ladder has"
        " 28 steps."
    ),
    ("the longest history of a run", "months of life"): (
        "a month's contacts stay in the first run; a run is continued as new once it has 400"
        " events, and none gets longer however old the case is."
    ),
}
