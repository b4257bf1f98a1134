-- Where other systems are told of news, and how far.
CREATE TABLE webhook_rows (
    webhook INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    secret TEXT NOT NULL,
    kinds TEXT NOT NULL,
    sent INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    next_s REAL NOT NULL,
    fault TEXT NOT NULL,
    UNIQUE (organisation, name)
) STRICT;
