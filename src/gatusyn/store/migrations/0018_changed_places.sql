-- Where findings were written or deleted, a box a row, so that who keeps a map need not read all of
-- it again. Not facts: old rows give way to one of the whole plane, and the last one always stays,
-- so that no number is given twice.
CREATE TABLE changed_rows (
    changed INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations,
    west REAL NOT NULL,
    south REAL NOT NULL,
    east REAL NOT NULL,
    north REAL NOT NULL
) STRICT;

CREATE INDEX changed_by_organisation ON changed_rows (organisation, changed);

-- To count what is there, and to list the worst first, without reading findings themselves.
CREATE INDEX finding_by_life ON finding_rows (
    organisation, said, gone_s, repaired_s, is_confirmed, first_seen_s, confidence
);
CREATE INDEX finding_by_severity ON finding_rows (organisation, severity DESC, finding_id);
