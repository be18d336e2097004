-- How often indexes were read since the server began to count, as `crate::usage` understands it. Has no rows where the
-- performance schema is off. Only what the server has opened since then has a row.
SELECT 'index',
       CAST(OBJECT_SCHEMA AS CHAR),
       CAST(OBJECT_NAME AS CHAR),
       CAST(INDEX_NAME AS CHAR),
       NULL,
       NULL,
       CAST(COUNT_READ AS CHAR)
FROM performance_schema.table_io_waits_summary_by_index_usage
WHERE INDEX_NAME IS NOT NULL
  AND INDEX_NAME <> 'PRIMARY'
  AND OBJECT_SCHEMA {scope}
ORDER BY OBJECT_SCHEMA, OBJECT_NAME, INDEX_NAME
