-- How well a look sees: sharpness and light of the road in the picture, and how far away it was.
-- Looks that were written before were not measured.
ALTER TABLE coverage_rows ADD COLUMN sharpness REAL;
ALTER TABLE coverage_rows ADD COLUMN light REAL;
ALTER TABLE coverage_rows ADD COLUMN distance_m REAL;

-- Of the share that was looked at, what was seen well; and when it was last looked at. Derived: the
-- next derivation writes all rows anew.
ALTER TABLE condition_rows ADD COLUMN seen_well_share REAL NOT NULL DEFAULT 0.0;
ALTER TABLE condition_rows ADD COLUMN last_look_s REAL;
