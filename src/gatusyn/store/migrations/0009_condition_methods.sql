-- A condition has both methods' values, the chosen one's name and interval, and extents by severity.
-- What was derived before had none of it: it is derived again from the facts.
DELETE FROM condition_rows;
DELETE FROM derived_rows;
ALTER TABLE condition_rows ADD COLUMN method TEXT NOT NULL DEFAULT 'deduct';
ALTER TABLE condition_rows ADD COLUMN index_name TEXT NOT NULL DEFAULT '';
ALTER TABLE condition_rows ADD COLUMN index_low REAL;
ALTER TABLE condition_rows ADD COLUMN index_high REAL;
ALTER TABLE condition_rows ADD COLUMN handbook_index REAL;
ALTER TABLE condition_rows ADD COLUMN handbook_grade INTEGER NOT NULL DEFAULT 0;
ALTER TABLE condition_rows ADD COLUMN deduct_index REAL;
