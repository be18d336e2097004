-- Every object with the statement that made it; indexes behind constraints have none.
SELECT type,
       name,
       tbl_name,
       sql
FROM sqlite_master
WHERE name NOT LIKE 'sqlite\_%' ESCAPE '\'
