-- How often the model of a run is right, as its model file said when the run was made.
ALTER TABLE run_rows ADD COLUMN rates TEXT NOT NULL DEFAULT '{}';
