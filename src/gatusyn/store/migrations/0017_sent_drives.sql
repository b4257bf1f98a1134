-- Drives that are sent over the network; their footage lies encrypted in the city folder.
CREATE TABLE sent_drive_rows (
    sent_drive INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    drive_key TEXT NOT NULL,
    client_key TEXT NOT NULL,
    sender TEXT NOT NULL,
    state TEXT NOT NULL,
    content TEXT NOT NULL,
    began_s REAL NOT NULL,
    completed_s REAL,
    finished_s REAL,
    destroyed_s REAL,
    lease TEXT NOT NULL,
    leased_until_s REAL NOT NULL,
    tries INTEGER NOT NULL,
    reason TEXT NOT NULL,
    drive_id TEXT NOT NULL,
    UNIQUE (organisation, drive_key),
    UNIQUE (organisation, sender, client_key)
) STRICT;
CREATE INDEX sent_drive_state ON sent_drive_rows (organisation, state);
CREATE TABLE sent_file_rows (
    sent_file INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    drive_key TEXT NOT NULL,
    upload_id TEXT NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    taken INTEGER NOT NULL,
    sealed INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    claimed TEXT NOT NULL,
    expires_s REAL NOT NULL,
    UNIQUE (organisation, upload_id),
    UNIQUE (organisation, drive_key, name)
) STRICT;
