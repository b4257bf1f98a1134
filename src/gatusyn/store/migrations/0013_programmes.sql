-- Programmes that people saved, whole as they were made, and what was done to the streets. Facts:
-- a row is never changed, and none is deleted.
CREATE TABLE programme_rows (
    programme INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    name TEXT NOT NULL,
    made_s REAL NOT NULL,
    made_by TEXT NOT NULL,
    network_version TEXT NOT NULL,
    derived_stamp TEXT NOT NULL,
    document TEXT NOT NULL,
    UNIQUE (organisation, name)
) STRICT;

CREATE TABLE done_rows (
    done INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    section_id TEXT NOT NULL,
    element_id TEXT NOT NULL,
    start_measure REAL NOT NULL,
    end_measure REAL NOT NULL,
    treatment TEXT NOT NULL,
    done_on TEXT NOT NULL,
    ore INTEGER CHECK (ore >= 0),
    note TEXT NOT NULL,
    noted_by TEXT NOT NULL,
    noted_s REAL NOT NULL,
    UNIQUE (organisation, section_id, treatment, done_on)
) STRICT;
