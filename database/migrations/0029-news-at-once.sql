-- News are sent as soon as they are committed: whoever sends them need not look for them
-- depends: 0028-notices-without-a-case

-- migrate: apply
CREATE FUNCTION call_news() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('news', '');
    RETURN NULL;
END;
$$;
CREATE TRIGGER news_called AFTER INSERT ON news FOR EACH STATEMENT EXECUTE FUNCTION call_news();

-- migrate: rollback
DROP TRIGGER news_called ON news;
DROP FUNCTION call_news;
