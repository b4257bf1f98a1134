-- A pixel's class is what a model says; a finding's kind is what an engineer records.
ALTER TABLE observation_rows RENAME COLUMN kind TO pixel_class;

-- The severity is that of its reason. What was derived before knew neither: it is derived again.
ALTER TABLE finding_rows ADD COLUMN severity_reason TEXT NOT NULL DEFAULT '';
DELETE FROM finding_box;
DELETE FROM finding_rows;
DELETE FROM condition_rows;
DELETE FROM derived_rows;
