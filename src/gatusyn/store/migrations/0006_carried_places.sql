-- Where facts lie on a delivery other than the one they were recorded on. The facts stay as they are:
-- going back to a former delivery finds everything as it was.
CREATE TABLE carried_rows (
    carried INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    delivery INTEGER NOT NULL REFERENCES delivery_rows,
    run INTEGER NOT NULL REFERENCES run_rows,
    UNIQUE (delivery, run)
) STRICT;

CREATE TABLE place_rows (
    place INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    delivery INTEGER NOT NULL REFERENCES delivery_rows,
    run INTEGER NOT NULL REFERENCES run_rows,
    kind TEXT NOT NULL CHECK (kind IN ('frame', 'observation')),
    fact_id TEXT NOT NULL,
    link_id TEXT NOT NULL,
    element_id TEXT NOT NULL,
    section_id TEXT NOT NULL,
    offset_m REAL NOT NULL,
    measure REAL NOT NULL,
    side TEXT,
    direction TEXT NOT NULL,
    shift_east_m REAL NOT NULL,
    shift_north_m REAL NOT NULL,
    UNIQUE (delivery, run, kind, fact_id)
) STRICT;
