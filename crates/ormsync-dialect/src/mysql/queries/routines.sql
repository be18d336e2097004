-- Functions and procedures, and whether this account may see what they do.
SELECT CAST(ROUTINE_SCHEMA AS CHAR),
       CAST(SPECIFIC_NAME AS CHAR),
       CAST(ROUTINE_TYPE AS CHAR),
       CAST(ROUTINE_BODY AS CHAR),
       CASE WHEN ROUTINE_DEFINITION IS NULL THEN 'NO' ELSE 'YES' END
FROM information_schema.ROUTINES
WHERE ROUTINE_SCHEMA {scope}
