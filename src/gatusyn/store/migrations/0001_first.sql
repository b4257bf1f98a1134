-- Names ending in _rows hold every organisation's rows; only sql_scope.py reads them.
-- Geometry is WKB: easting and northing in metres in the system of the network delivery.

CREATE TABLE organisations (
    organisation INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE delivery_rows (
    delivery INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    version TEXT NOT NULL,
    epsg INTEGER NOT NULL,
    is_current INTEGER NOT NULL CHECK (is_current IN (0, 1)),
    reading TEXT NOT NULL,
    remarks TEXT NOT NULL,
    UNIQUE (organisation, version)
) STRICT;

CREATE TABLE link_rows (
    link INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    delivery INTEGER NOT NULL REFERENCES delivery_rows,
    link_id TEXT NOT NULL,
    element_id TEXT NOT NULL,
    start_measure REAL NOT NULL,
    end_measure REAL NOT NULL,
    line BLOB NOT NULL,
    network_type TEXT NOT NULL,
    direction TEXT NOT NULL,
    street_name TEXT,
    speed_forward_kmh REAL,
    speed_backward_kmh REAL,
    functional_class TEXT,
    width_m REAL,
    surface TEXT,
    road_keeper TEXT,
    UNIQUE (delivery, link_id)
) STRICT;

CREATE TABLE section_rows (
    section INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    delivery INTEGER NOT NULL REFERENCES delivery_rows,
    section_id TEXT NOT NULL,
    link_id TEXT NOT NULL,
    element_id TEXT NOT NULL,
    start_m REAL NOT NULL,
    end_m REAL NOT NULL,
    start_measure REAL NOT NULL,
    end_measure REAL NOT NULL,
    line BLOB NOT NULL,
    width_m REAL NOT NULL,
    width_is_assumed INTEGER NOT NULL CHECK (width_is_assumed IN (0, 1)),
    UNIQUE (delivery, section_id)
) STRICT;

-- Runs are numbered in the order of their commits: a drive's highest number is its newest run.
CREATE TABLE run_rows (
    run INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    run_id TEXT NOT NULL,
    drive_id TEXT NOT NULL,
    name TEXT NOT NULL,
    network_version TEXT NOT NULL,
    detector_version TEXT NOT NULL,
    started_s REAL NOT NULL,
    ended_s REAL NOT NULL,
    distance_m REAL NOT NULL,
    received INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    observations INTEGER NOT NULL,
    remarks TEXT NOT NULL,
    UNIQUE (organisation, run_id),
    CHECK (received = accepted + rejected)
) STRICT;
CREATE INDEX run_by_drive ON run_rows (organisation, drive_id);

CREATE TABLE frame_rows (
    frame INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    run INTEGER NOT NULL REFERENCES run_rows,
    frame_id TEXT NOT NULL,
    time_s REAL NOT NULL,
    easting_m REAL NOT NULL,
    northing_m REAL NOT NULL,
    bearing_deg REAL NOT NULL,
    speed_ms REAL NOT NULL,
    sigma_m REAL NOT NULL,
    link_id TEXT NOT NULL,
    offset_m REAL NOT NULL,
    direction TEXT NOT NULL,
    redaction TEXT NOT NULL,
    width_px INTEGER NOT NULL,
    height_px INTEGER NOT NULL,
    UNIQUE (run, frame_id)
) STRICT;

CREATE TABLE picture_rows (
    picture INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    run INTEGER NOT NULL REFERENCES run_rows,
    frame_id TEXT NOT NULL,
    picture_id TEXT NOT NULL,
    scale REAL NOT NULL,
    UNIQUE (run, frame_id),
    UNIQUE (organisation, picture_id),
    FOREIGN KEY (run, frame_id) REFERENCES frame_rows (run, frame_id)
) STRICT;

CREATE TABLE rejected_rows (
    rejected INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    run INTEGER NOT NULL REFERENCES run_rows,
    frame_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX rejected_by_run ON rejected_rows (run);

CREATE TABLE observation_rows (
    observation INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    run INTEGER NOT NULL REFERENCES run_rows,
    observation_id TEXT NOT NULL,
    frame_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    footprint BLOB NOT NULL,
    outline_px BLOB NOT NULL,
    confidence REAL NOT NULL,
    sigma_m REAL NOT NULL,
    link_id TEXT NOT NULL,
    element_id TEXT NOT NULL,
    section_id TEXT NOT NULL,
    offset_m REAL NOT NULL,
    measure REAL NOT NULL,
    side TEXT NOT NULL,
    direction TEXT NOT NULL,
    length_m REAL NOT NULL,
    area_m2 REAL NOT NULL,
    time_s REAL NOT NULL,
    UNIQUE (run, observation_id)
) STRICT;
CREATE INDEX observation_by_frame ON observation_rows (run, frame_id);

CREATE TABLE coverage_rows (
    coverage INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    run INTEGER NOT NULL REFERENCES run_rows,
    frame_id TEXT NOT NULL,
    link_id TEXT NOT NULL,
    footprint BLOB NOT NULL,
    time_s REAL NOT NULL
) STRICT;
CREATE INDEX coverage_by_run ON coverage_rows (run);
CREATE VIRTUAL TABLE coverage_box USING rtree (coverage, west, east, south, north);

CREATE TABLE finding_rows (
    finding INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    finding_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    footprint BLOB NOT NULL,
    sigma_m REAL NOT NULL,
    confidence REAL NOT NULL,
    link_id TEXT NOT NULL,
    element_id TEXT NOT NULL,
    section_id TEXT NOT NULL,
    offset_m REAL NOT NULL,
    measure REAL NOT NULL,
    side TEXT NOT NULL,
    length_m REAL NOT NULL,
    area_m2 REAL NOT NULL,
    first_seen_s REAL NOT NULL,
    last_seen_s REAL NOT NULL,
    observation_ids TEXT NOT NULL,
    UNIQUE (organisation, finding_id)
) STRICT;
CREATE INDEX finding_by_section ON finding_rows (organisation, section_id);
CREATE VIRTUAL TABLE finding_box USING rtree (finding, west, east, south, north);

CREATE TABLE condition_rows (
    condition INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    section_id TEXT NOT NULL,
    period TEXT NOT NULL,
    grade INTEGER NOT NULL,
    condition_index REAL,
    observed_share REAL NOT NULL,
    observed_m2 REAL NOT NULL,
    frames INTEGER NOT NULL,
    confidence REAL NOT NULL,
    extents TEXT NOT NULL,
    reasons TEXT NOT NULL,
    UNIQUE (organisation, period, section_id)
) STRICT;

CREATE TABLE derived_rows (
    derived INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL UNIQUE REFERENCES organisations,
    stamp TEXT NOT NULL
) STRICT;
