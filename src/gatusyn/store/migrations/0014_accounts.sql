-- Who may log in, who is logged in, what programs show, and who did what. What a browser or a program
-- shows is not here: only its hash is.
CREATE TABLE account_rows (
    account INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    name TEXT NOT NULL,
    display_name TEXT NOT NULL,
    email TEXT NOT NULL,
    role TEXT NOT NULL,
    areas TEXT,
    treatments TEXT,
    password_hash TEXT,
    totp_secret TEXT,
    totp_step INTEGER NOT NULL,
    recovery_hashes TEXT NOT NULL,
    disabled INTEGER NOT NULL,
    subject TEXT,
    made_s REAL NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (organisation, name),
    UNIQUE (organisation, subject)
) STRICT;

CREATE TABLE login_rows (
    login INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    account INTEGER NOT NULL REFERENCES account_rows,
    token_hash TEXT NOT NULL UNIQUE,
    made_s REAL NOT NULL,
    seen_s REAL NOT NULL,
    ends_s REAL NOT NULL
) STRICT;
CREATE INDEX login_of_account ON login_rows (account);

CREATE TABLE token_rows (
    token INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    account INTEGER NOT NULL REFERENCES account_rows,
    number INTEGER NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    label TEXT NOT NULL,
    scopes TEXT NOT NULL,
    made_s REAL NOT NULL,
    ends_s REAL,
    used_on TEXT,
    UNIQUE (organisation, number)
) STRICT;
CREATE INDEX token_of_account ON token_rows (account);

CREATE TABLE audit_rows (
    audit INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    number INTEGER NOT NULL,
    time_s REAL NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    about TEXT NOT NULL,
    outcome TEXT NOT NULL,
    address TEXT,
    UNIQUE (organisation, number)
) STRICT;
CREATE INDEX audit_of_time ON audit_rows (organisation, time_s);
