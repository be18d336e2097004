-- MariaDB: checks, whose names are unique in a table. One that was written at a column has the column's name.
SELECT CAST(CONSTRAINT_SCHEMA AS CHAR),
       CAST(TABLE_NAME AS CHAR),
       CAST(CONSTRAINT_NAME AS CHAR),
       CAST({level} AS CHAR),
       CAST('YES' AS CHAR),
       CAST(CHECK_CLAUSE AS CHAR)
FROM information_schema.CHECK_CONSTRAINTS
WHERE CONSTRAINT_SCHEMA {scope}
ORDER BY CONSTRAINT_SCHEMA, TABLE_NAME, CONSTRAINT_NAME
