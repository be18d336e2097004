-- Tables, views and (MariaDB) sequences. Row counts and sizes are not asked for: they are slow to get.
SELECT CAST(TABLE_SCHEMA AS CHAR),
       CAST(TABLE_NAME AS CHAR),
       CAST(TABLE_TYPE AS CHAR),
       CAST(ENGINE AS CHAR),
       CAST(TABLE_COLLATION AS CHAR),
       CAST(CREATE_OPTIONS AS CHAR),
       CAST(TABLE_COMMENT AS CHAR)
FROM information_schema.TABLES
WHERE TABLE_SCHEMA {scope}
