-- A picture's file is rewritten when something in it is hidden by hand: its version is in its name.
ALTER TABLE picture_rows ADD COLUMN version INTEGER NOT NULL DEFAULT 0;

-- What people say of pictures. Facts: a row is never deleted; only a hold's end is written beside it.
CREATE TABLE mark_rows (
    mark INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    picture_id TEXT NOT NULL,
    drive_id TEXT NOT NULL,
    frame_id TEXT NOT NULL,
    time_s REAL NOT NULL,
    easting_m REAL NOT NULL,
    northing_m REAL NOT NULL,
    kind TEXT NOT NULL,
    x1 INTEGER NOT NULL,
    y1 INTEGER NOT NULL,
    x2 INTEGER NOT NULL,
    y2 INTEGER NOT NULL,
    model TEXT NOT NULL,
    marked_by TEXT NOT NULL,
    marked_s REAL NOT NULL,
    CHECK (x1 < x2 AND y1 < y2)
) STRICT;
CREATE INDEX mark_by_frame ON mark_rows (organisation, drive_id, frame_id);
CREATE INDEX mark_by_time ON mark_rows (organisation, time_s);

CREATE TABLE removal_rows (
    removal INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    picture_id TEXT NOT NULL,
    drive_id TEXT NOT NULL,
    frame_id TEXT NOT NULL,
    time_s REAL NOT NULL,
    easting_m REAL NOT NULL,
    northing_m REAL NOT NULL,
    cause TEXT NOT NULL,
    reason TEXT NOT NULL,
    removed_by TEXT NOT NULL,
    removed_s REAL NOT NULL,
    UNIQUE (organisation, picture_id)
) STRICT;
CREATE INDEX removal_by_frame ON removal_rows (organisation, drive_id, frame_id);
CREATE INDEX removal_by_time ON removal_rows (organisation, time_s);

CREATE TABLE hold_rows (
    hold INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    number INTEGER NOT NULL,
    subject TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    until_s REAL NOT NULL,
    placed_by TEXT NOT NULL,
    placed_s REAL NOT NULL,
    frames TEXT NOT NULL,
    released_by TEXT,
    released_s REAL,
    UNIQUE (organisation, number),
    CHECK ((released_by IS NULL) = (released_s IS NULL))
) STRICT;

-- Files that must not be there any more: written with the fact, deleted when the files are gone.
CREATE TABLE doomed_rows (
    doomed INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    picture_id TEXT NOT NULL
) STRICT;
