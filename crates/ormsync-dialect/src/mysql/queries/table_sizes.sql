-- Sizes of tables with their indexes, and the server's estimate of their rows, as `crate::usage` understands them.
SELECT 'table',
       CAST(TABLE_SCHEMA AS CHAR),
       CAST(TABLE_NAME AS CHAR),
       NULL,
       CAST(DATA_LENGTH + INDEX_LENGTH AS CHAR),
       CAST(TABLE_ROWS AS CHAR),
       NULL
FROM information_schema.TABLES
WHERE TABLE_TYPE = 'BASE TABLE'
  AND TABLE_SCHEMA {scope}
ORDER BY TABLE_SCHEMA, TABLE_NAME
