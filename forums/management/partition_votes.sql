-- Replaces the table of votes by 16 partitions, by member. config/README.md says when this pays and what it costs.
-- Run it as a superuser: uv run manage.py dbshell -- -v ON_ERROR_STOP=1 -f forums/management/partition_votes.sql
-- Pages are read meanwhile; votes wait. The old table stays as forums_vote_whole until you drop it.
BEGIN;
LOCK TABLE forums_vote IN SHARE ROW EXCLUSIVE MODE;
ALTER TABLE forums_vote RENAME TO forums_vote_whole;
ALTER TABLE forums_vote_whole RENAME CONSTRAINT vote_once TO vote_once_whole;
CREATE TABLE forums_vote (
    LIKE forums_vote_whole INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING IDENTITY,
    FOREIGN KEY (comment_id) REFERENCES forums_comment DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (member_id) REFERENCES accounts_user DEFERRABLE INITIALLY DEFERRED
) PARTITION BY HASH (member_id);
DO $$
BEGIN
    FOR part IN 0..15 LOOP
        EXECUTE format(
            'CREATE TABLE forums_vote_%s PARTITION OF forums_vote FOR VALUES WITH (MODULUS 16, REMAINDER %s)', part, part
        );
    END LOOP;
END $$;
-- The rows satisfied the same foreign keys until now. Checking each again would take longer than all the rest.
SET LOCAL session_replication_role = replica;
INSERT INTO forums_vote SELECT * FROM forums_vote_whole;
SET LOCAL session_replication_role = DEFAULT;
ALTER TABLE forums_vote ADD PRIMARY KEY (id, member_id), ADD CONSTRAINT vote_once UNIQUE (member_id, comment_id);
CREATE INDEX ON forums_vote (comment_id);
SELECT setval(pg_get_serial_sequence('forums_vote', 'id'), (SELECT max(id) FROM forums_vote));
COMMIT;
