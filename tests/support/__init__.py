"""What tests share, and no test: each module says in its first line what it is for.

    world, record, recorder, visits    rows on a real Postgres, as the product writes them
    situations, judged                 a case at each stage, for the rules
    gateways, case_starters            fakes of ports; `tests/contract` holds them to the real ones
    databases                          a fresh, migrated database for each test that asks
    contact, money, tapes, texts       examples of the domain's subjects, and what generators draw
    gate, lives, processes             the contact gate, a workflow, the whole installation, driven
    breaches, replay                   what is planted for the audit, what the replay guard reads

A test module imports from here and from the product, never from another test module; fixtures
stand in `conftest.py`.
"""
