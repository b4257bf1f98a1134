-- A pixel's class is what a model says; a finding's kind is what an engineer records.
ALTER TABLE observation_rows RENAME COLUMN kind TO pixel_class;

-- Severity follows from the same facts. What was derived before knew neither: it is derived again.
ALTER TABLE finding_rows ADD COLUMN severity INTEGER NOT NULL DEFAULT 1
    CHECK (severity BETWEEN 1 AND 3);
ALTER TABLE finding_rows ADD COLUMN severity_reason TEXT NOT NULL DEFAULT '';
DELETE FROM finding_box;
DELETE FROM finding_rows;
DELETE FROM condition_rows;
DELETE FROM derived_rows;
