-- The queries of views; blank for who may not SHOW VIEW.
SELECT CAST(TABLE_SCHEMA AS CHAR),
       CAST(TABLE_NAME AS CHAR),
       CAST(VIEW_DEFINITION AS CHAR),
       CAST(CHECK_OPTION AS CHAR),
       CAST(SECURITY_TYPE AS CHAR),
       CAST({algorithm} AS CHAR)
FROM information_schema.VIEWS
WHERE TABLE_SCHEMA {scope}
