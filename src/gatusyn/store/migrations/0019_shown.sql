-- All the road that a picture showed near by, where more than counts as looked at: WKB. Looks that
-- were written before count as a whole.
ALTER TABLE coverage_rows ADD COLUMN shown BLOB;
