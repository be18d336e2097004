-- The actions of foreign keys. Not joined with their columns: that join is slow in information_schema.
SELECT CAST(CONSTRAINT_SCHEMA AS CHAR),
       CAST(TABLE_NAME AS CHAR),
       CAST(CONSTRAINT_NAME AS CHAR),
       CAST(DELETE_RULE AS CHAR),
       CAST(UPDATE_RULE AS CHAR)
FROM information_schema.REFERENTIAL_CONSTRAINTS
WHERE CONSTRAINT_SCHEMA {scope}
