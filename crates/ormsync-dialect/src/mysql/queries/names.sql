-- The names alone, which is cheap: before all else is read, and once more after it. What has gone since then may be read half.
SELECT CAST(TABLE_SCHEMA AS CHAR), CAST(TABLE_NAME AS CHAR)
FROM information_schema.TABLES
WHERE TABLE_SCHEMA {scope}
