"""Rows that break a guarantee, planted where the tables would not let them in."""

from tests.support.breaches.of_cases import CASES
from tests.support.breaches.of_contacts import CONTACTS
from tests.support.breaches.of_evidence import EVIDENCE
from tests.support.breaches.of_four_eyes import FOUR_EYES
from tests.support.breaches.of_money import MONEY
from tests.support.breaches.of_news import NEWS
from tests.support.breaches.of_people import PEOPLE
from tests.support.breaches.of_visits import VISITS

# The tables refuse most of what is planted below: the audit must not rely on that.
DISARM = """
DO $$ DECLARE it record; BEGIN
    FOR it IN SELECT conrelid::regclass AS of, conname FROM pg_constraint
              WHERE conrelid <> 0 AND connamespace = 'public'::regnamespace
                AND contype IN ('f', 'c', 'u', 'p', 'x')
                AND NOT conrelid::regclass::text LIKE '\\_%' ORDER BY contype <> 'f'
    LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', it.of, it.conname); END LOOP;
    FOR it IN SELECT indexrelid::regclass AS name FROM pg_index
              WHERE indisunique AND NOT indisprimary
                AND indrelid::regclass::text IN ('collection_cases', 'visits', 'case_events')
    LOOP EXECUTE format('DROP INDEX %s', it.name); END LOOP;
    FOR it IN SELECT DISTINCT tgrelid::regclass AS of FROM pg_trigger WHERE NOT tgisinternal
    LOOP EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', it.of); END LOOP;
END $$
"""
# What is planted: the guarantee it breaks, the statement, and a part of what the audit says.
BREACHES = {**CONTACTS, **PEOPLE, **FOUR_EYES, **VISITS, **CASES, **MONEY, **EVIDENCE, **NEWS}
