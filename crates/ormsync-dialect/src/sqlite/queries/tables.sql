-- What kind of table each one is: `shadow` tables belong to a virtual one.
SELECT name,
       type,
       CAST(wr AS TEXT),
       CAST(strict AS TEXT)
FROM pragma_table_list
WHERE schema = 'main'
  AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
