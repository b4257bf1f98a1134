-- What NVDB's feature layers tell besides: of links, of sections, and the regulations on stretches.
ALTER TABLE link_rows ADD COLUMN path_type TEXT;
ALTER TABLE link_rows ADD COLUMN structure TEXT;
ALTER TABLE link_rows ADD COLUMN is_roundabout INTEGER NOT NULL DEFAULT 0 CHECK (is_roundabout IN (0, 1));
ALTER TABLE link_rows ADD COLUMN is_built_up INTEGER CHECK (is_built_up IN (0, 1));
ALTER TABLE link_rows ADD COLUMN aadt REAL;
ALTER TABLE section_rows ADD COLUMN is_junction INTEGER NOT NULL DEFAULT 0 CHECK (is_junction IN (0, 1));
ALTER TABLE section_rows ADD COLUMN is_counted INTEGER NOT NULL DEFAULT 1 CHECK (is_counted IN (0, 1));

CREATE TABLE regulation_rows (
    regulation INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    delivery INTEGER NOT NULL REFERENCES delivery_rows,
    element_id TEXT NOT NULL,
    start_measure REAL NOT NULL,
    end_measure REAL NOT NULL,
    kind TEXT NOT NULL,
    designation TEXT NOT NULL,
    value TEXT,
    direction TEXT NOT NULL,
    side TEXT,
    valid_from TEXT
) STRICT;
CREATE INDEX regulation_by_delivery ON regulation_rows (delivery);
