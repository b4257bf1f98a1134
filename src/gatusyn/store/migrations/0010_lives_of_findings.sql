-- A finding's life. What was derived before is derived again; its ids are kept by place and kind.
ALTER TABLE finding_rows ADD COLUMN sightings INTEGER NOT NULL DEFAULT 1;
ALTER TABLE finding_rows ADD COLUMN looks INTEGER NOT NULL DEFAULT 1;
ALTER TABLE finding_rows ADD COLUMN drives INTEGER NOT NULL DEFAULT 1;
ALTER TABLE finding_rows ADD COLUMN growth TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE finding_rows ADD COLUMN growth_m2_year REAL;
ALTER TABLE finding_rows ADD COLUMN growth_sigma_m2_year REAL;
ALTER TABLE finding_rows ADD COLUMN is_confirmed INTEGER NOT NULL DEFAULT 0 CHECK (is_confirmed IN (0, 1));
ALTER TABLE finding_rows ADD COLUMN gone_s REAL;
ALTER TABLE finding_rows ADD COLUMN repaired_s REAL;
ALTER TABLE finding_rows ADD COLUMN said TEXT;
ALTER TABLE finding_rows ADD COLUMN own_reason TEXT;
ALTER TABLE finding_rows ADD COLUMN tile INTEGER NOT NULL DEFAULT 0;
CREATE INDEX finding_by_tile ON finding_rows (organisation, tile);

-- What the derived rows were made of: settings and network, the runs, each as it was then, and how many verdicts.
ALTER TABLE derived_rows ADD COLUMN basis TEXT NOT NULL DEFAULT '';
ALTER TABLE derived_rows ADD COLUMN runs TEXT NOT NULL DEFAULT '{}';
ALTER TABLE derived_rows ADD COLUMN verdicts INTEGER NOT NULL DEFAULT 0;

-- Derived from one run alone, once: its tracks. "made_of" says from what; "tiles" where they lie.
CREATE TABLE work_rows (
    work INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    run INTEGER NOT NULL UNIQUE REFERENCES run_rows,
    made_of TEXT NOT NULL,
    tiles BLOB NOT NULL,
    tracks BLOB NOT NULL
) STRICT;

CREATE TABLE track_rows (
    track INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    run INTEGER NOT NULL REFERENCES run_rows,
    number INTEGER NOT NULL UNIQUE,
    pixel_class TEXT NOT NULL,
    shape BLOB NOT NULL,
    link_id TEXT NOT NULL,
    offset_m REAL NOT NULL,
    heading_deg REAL NOT NULL,
    sigma_along_m REAL NOT NULL,
    sigma_across_m REAL NOT NULL,
    first_clock_s REAL NOT NULL,
    last_clock_s REAL NOT NULL,
    sightings TEXT NOT NULL
) STRICT;
CREATE INDEX track_by_run ON track_rows (run);

-- What the shape of a track shows, where that was asked for.
CREATE TABLE record_rows (
    record INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    number INTEGER NOT NULL REFERENCES track_rows (number) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    footprint BLOB NOT NULL,
    length_m REAL NOT NULL,
    area_m2 REAL NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX record_by_track ON record_rows (number);

-- The tracks of a tile, laid over each other; how far they reach, and where others lie that are of
-- damages at home in the tile.
CREATE TABLE tile_rows (
    tile INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    place INTEGER NOT NULL,
    reach_m REAL NOT NULL,
    tracks BLOB NOT NULL,
    members BLOB NOT NULL,
    UNIQUE (organisation, place)
) STRICT;
CREATE INDEX tile_by_reach ON tile_rows (organisation, reach_m);

-- What people say of findings, and what became of findings' ids. Facts: a row is never changed.
CREATE TABLE verdict_rows (
    verdict INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    number INTEGER NOT NULL,
    finding_id TEXT NOT NULL,
    said TEXT NOT NULL,
    kind TEXT NOT NULL,
    said_kind TEXT,
    footprint BLOB NOT NULL,
    why TEXT NOT NULL,
    said_by TEXT NOT NULL,
    said_s REAL NOT NULL,
    UNIQUE (organisation, number)
) STRICT;

CREATE TABLE identity_rows (
    identity INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    number INTEGER NOT NULL,
    finding_id TEXT NOT NULL,
    change TEXT NOT NULL,
    other_id TEXT,
    kind TEXT NOT NULL,
    footprint BLOB NOT NULL,
    why TEXT NOT NULL,
    changed_s REAL NOT NULL,
    UNIQUE (organisation, number)
) STRICT;
CREATE INDEX identity_by_finding ON identity_rows (organisation, finding_id);
CREATE INDEX identity_by_other ON identity_rows (organisation, other_id);
CREATE VIRTUAL TABLE identity_box USING rtree (identity, west, east, south, north);

DELETE FROM derived_rows;
