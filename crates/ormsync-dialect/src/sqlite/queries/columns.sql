-- Columns of tables, in order. Views are left out: one broken view would fail the whole query, and so would
-- a virtual table whose module is not here.
SELECT t.name,
       c.name,
       c.type,
       CAST(c."notnull" AS TEXT),
       c.dflt_value,
       CAST(c.pk AS TEXT),
       CAST(c.hidden AS TEXT)
FROM pragma_table_list AS t
JOIN pragma_table_xinfo(t.name) AS c
WHERE t.schema = 'main'
  AND t.type = 'table'
  AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\'
ORDER BY t.name, c.cid
