-- What happens as it happens. Not facts: rows go when they have been kept for long enough. The last
-- row of all stays, so that no number is given twice.
CREATE TABLE news_rows (
    news INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    time_s REAL NOT NULL,
    kind TEXT NOT NULL,
    about TEXT NOT NULL
) STRICT;

CREATE INDEX news_by_kind ON news_rows (organisation, kind, time_s);

-- The highest number that is gone, by organisation: who asks from before it has missed something.
CREATE TABLE news_gone_rows (
    news_gone INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL UNIQUE REFERENCES organisations,
    number INTEGER NOT NULL
) STRICT;
