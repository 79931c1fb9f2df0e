"""From bytes on disk to decoded records: folders, zips, encodings, JSON, CSV, Parquet, workbooks."""
