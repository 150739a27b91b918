-- What was said, and at which number
-- depends: 0023-evidence

-- migrate: apply
ALTER TABLE contact_attempts
    ADD COLUMN sent_to          text,  -- the number, as it was then
    -- `text`; of a call that asks who answers, what follows a yes and a no beside it.
    ADD COLUMN said             jsonb,
    -- Which words the text was made of: `template_version` in domain/messages/versions.py.
    ADD COLUMN template_version text;

-- migrate: rollback
ALTER TABLE contact_attempts DROP COLUMN sent_to, DROP COLUMN said, DROP COLUMN template_version;
