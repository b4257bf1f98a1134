-- When a run's times of day, its frames' places and its names were taken away, and who said so.
ALTER TABLE run_rows ADD COLUMN coarse_s REAL;
ALTER TABLE run_rows ADD COLUMN coarse_by TEXT;

-- Metres driven: tells passes apart where the times of day are gone.
ALTER TABLE observation_rows ADD COLUMN way_m REAL;
