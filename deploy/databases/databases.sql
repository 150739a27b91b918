-- Temporal and the service each own their databases, see nothing of the other's, and are no
-- superusers. Both need to own: their migrations create tables and trusted extensions.
\getenv temporal_password TEMPORAL_DB_PASSWORD
\getenv collections_password COLLECTIONS_DB_PASSWORD

SELECT format('CREATE ROLE %I', wanted)
FROM unnest(ARRAY['temporal', 'collections']) AS wanted
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted)
\gexec

ALTER ROLE temporal
    LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'temporal_password';
ALTER ROLE collections
    LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'collections_password';

SELECT format('CREATE DATABASE %I OWNER %I', database, owner)
FROM (VALUES
    ('temporal', 'temporal'),
    ('temporal_visibility', 'temporal'),
    ('collections', 'collections')
) AS wanted (database, owner)
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = database)
\gexec

-- Everybody may connect to a new database until this is taken back.
REVOKE ALL ON DATABASE temporal, temporal_visibility, collections FROM PUBLIC;
