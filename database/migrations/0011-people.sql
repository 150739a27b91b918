-- Made-up people are marked; a telephone number is one text, however it was written
-- depends: 0009-order

-- migrate: apply

-- At least a name, a number or an address is nobody's: of an import with `--invent-people`.
ALTER TABLE borrowers ADD is_made_up boolean NOT NULL DEFAULT false;

-- As it was written; `number` is what is dialled and compared.
ALTER TABLE phones ADD written text;

-- The E.164 form of a number, as far as it can be told from its digits and from where its owner
-- lives; another text stays as it is. The import asks a library of numbering plans before. Other
-- systems write numbers, too: whatever they write, one number becomes one text.
CREATE FUNCTION one_number(written text, zone text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    WITH plain AS (
        SELECT regexp_replace(normalize(written, NFKC), '[\s().‐‑‒–—−-]', '', 'g') AS text
    ),
    -- 00 dials out of most countries, 011 out of North America.
    dialled AS (
        SELECT CASE WHEN text ~ '^00[1-9][0-9]{6,14}$' THEN '+' || substr(text, 3)
                    ELSE text END AS text
        FROM plain
    )
    SELECT CASE
        WHEN text !~ '^\+?[0-9]+$' THEN written
        WHEN text ~ '^\+[0-9]{3,15}$' THEN
            -- +86 (0)755, +44 (0)20: the zero is dialled within the country only
            regexp_replace(text, '^\+(86|44|91)0(?=[1-9])', '+\1')
        WHEN zone IN ('Asia/Shanghai', 'Asia/Urumqi', 'Asia/Chongqing', 'Asia/Harbin') THEN
            CASE WHEN text ~ '^1[3-9][0-9]{9}$' THEN '+86' || text
                 WHEN text ~ '^86(1[3-9][0-9]{9}|[2-9][0-9]{8,10})$' THEN '+' || text
                 WHEN text ~ '^0[1-9][0-9]{8,10}$' THEN '+86' || substr(text, 2)
                 ELSE text END
        WHEN zone = 'Europe/London' THEN
            CASE WHEN text ~ '^0[1-9][0-9]{8,9}$' THEN '+44' || substr(text, 2)
                 WHEN text ~ '^44[1-9][0-9]{8,9}$' THEN '+' || text
                 WHEN text ~ '^7[0-9]{9}$' THEN '+44' || text
                 ELSE text END
        WHEN zone IN ('Asia/Kolkata', 'Asia/Calcutta') THEN
            CASE WHEN text ~ '^0?[6-9][0-9]{9}$' THEN '+91' || right(text, 10)
                 WHEN text ~ '^91[6-9][0-9]{9}$' THEN '+' || text
                 ELSE text END
        WHEN zone IN ('America/New_York', 'America/Detroit', 'America/Chicago', 'America/Denver',
                      'America/Boise', 'America/Phoenix', 'America/Los_Angeles',
                      'America/Anchorage', 'Pacific/Honolulu', 'America/Puerto_Rico',
                      'America/Toronto', 'America/Vancouver') THEN
            CASE WHEN text ~ '^(011)?1?[2-9][0-9]{2}[2-9][0-9]{6}$' THEN '+1' || right(text, 10)
                 ELSE text END
        ELSE text END
    FROM dialled
$$;

-- A second entry of a number that is a stranger's, or that may not be called, says nothing new.
CREATE FUNCTION keep_one_number() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    same phones;
BEGIN
    NEW.written := coalesce(NEW.written, NEW.number);
    NEW.number := one_number(NEW.number, (
        SELECT time_zone FROM borrowers WHERE borrower_id = NEW.borrower_id));
    FOR same IN SELECT * FROM phones p
                WHERE p.borrower_id = NEW.borrower_id AND p.number = NEW.number
                  AND p.phone_id <> NEW.phone_id
    LOOP
        NEW.blocked_at := coalesce(NEW.blocked_at, same.blocked_at);
        IF NEW.status = 'usable' AND (same.status <> 'refused' OR NEW.relation = 'contact_person')
        THEN
            NEW.status := same.status;
        END IF;
    END LOOP;
    RETURN NEW;
END;
$$;
CREATE TRIGGER one_number_kept BEFORE INSERT OR UPDATE OF number ON phones
    FOR EACH ROW EXECUTE FUNCTION keep_one_number();

UPDATE phones SET number = number;
-- What one entry says holds for all entries of the number.
UPDATE phones p SET status = 'wrong_person'
FROM phones other
WHERE other.borrower_id = p.borrower_id AND other.number = p.number
  AND other.status = 'wrong_person' AND p.status IN ('usable', 'invalid');
UPDATE phones p SET blocked_at = other.blocked_at
FROM phones other
WHERE other.borrower_id = p.borrower_id AND other.number = p.number
  AND other.blocked_at IS NOT NULL AND p.blocked_at IS NULL;

-- The borrower's date; NULL where the zone is none that this server knows, so that one row cannot
-- stop a statement about many.
CREATE FUNCTION local_date(at timestamptz, zone text) RETURNS date LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (at AT TIME ZONE zone)::date;
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN NULL;
END;
$$;

-- migrate: rollback
DROP FUNCTION local_date;
DROP TRIGGER one_number_kept ON phones;
DROP FUNCTION keep_one_number;
DROP FUNCTION one_number;
ALTER TABLE phones DROP written;
ALTER TABLE borrowers DROP is_made_up;
