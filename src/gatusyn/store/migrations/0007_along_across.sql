-- A place is unsure along the street and across it, and not by the same. What was written before
-- has one number for both; a pose's direction was then taken as sure to two degrees.
ALTER TABLE frame_rows RENAME COLUMN sigma_m TO sigma_along_m;
ALTER TABLE frame_rows ADD COLUMN sigma_across_m REAL NOT NULL DEFAULT 0.0;
ALTER TABLE frame_rows ADD COLUMN sigma_bearing_deg REAL NOT NULL DEFAULT 2.0;
UPDATE frame_rows SET sigma_across_m = sigma_along_m;

ALTER TABLE observation_rows RENAME COLUMN sigma_m TO sigma_along_m;
ALTER TABLE observation_rows ADD COLUMN sigma_across_m REAL NOT NULL DEFAULT 0.0;
UPDATE observation_rows SET sigma_across_m = sigma_along_m;

ALTER TABLE finding_rows RENAME COLUMN sigma_m TO sigma_along_m;
ALTER TABLE finding_rows ADD COLUMN sigma_across_m REAL NOT NULL DEFAULT 0.0;
UPDATE finding_rows SET sigma_across_m = sigma_along_m;
