-- The names alone, once more, when all else has been read: what has gone since then may be read half.
SELECT CAST(TABLE_SCHEMA AS CHAR), CAST(TABLE_NAME AS CHAR)
FROM information_schema.TABLES
WHERE TABLE_SCHEMA {scope}
