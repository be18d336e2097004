-- What this account may do here, by itself: information_schema shows only what it may touch. What it may by
-- way of a role is not listed; the role is named instead. Administrators see the rows of all accounts.
SELECT CAST('global' AS CHAR), NULL, CAST(PRIVILEGE_TYPE AS CHAR), CAST(CURRENT_USER() AS CHAR), CAST(CURRENT_ROLE() AS CHAR)
FROM information_schema.USER_PRIVILEGES
WHERE GRANTEE = {grantee}
UNION ALL
-- Names of databases in grants are patterns.
SELECT CAST('schema' AS CHAR), CAST(TABLE_SCHEMA AS CHAR), CAST(PRIVILEGE_TYPE AS CHAR), NULL, NULL
FROM information_schema.SCHEMA_PRIVILEGES
WHERE GRANTEE = {grantee}
UNION ALL
SELECT CAST('table' AS CHAR), CAST(TABLE_NAME AS CHAR), CAST(PRIVILEGE_TYPE AS CHAR), CAST(TABLE_SCHEMA AS CHAR), NULL
FROM information_schema.TABLE_PRIVILEGES
WHERE GRANTEE = {grantee} AND TABLE_SCHEMA {scope}
