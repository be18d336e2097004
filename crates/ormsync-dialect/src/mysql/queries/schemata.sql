-- Which of the databases asked for exist, with the one that is connected to.
SELECT CAST(SCHEMA_NAME AS CHAR),
       CAST(DEFAULT_COLLATION_NAME AS CHAR),
       CAST(DATABASE() AS CHAR)
FROM information_schema.SCHEMATA
WHERE SCHEMA_NAME {scope}
