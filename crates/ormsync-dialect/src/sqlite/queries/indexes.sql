-- Indexes with their key parts, in order; `origin` is c (CREATE INDEX), u (UNIQUE) or pk.
SELECT t.name,
       i.name,
       CAST(i."unique" AS TEXT),
       i.origin,
       p.name,
       CAST(p."desc" AS TEXT),
       p.coll
FROM pragma_table_list AS t
JOIN pragma_index_list(t.name) AS i
JOIN pragma_index_xinfo(i.name) AS p
WHERE t.schema = 'main'
  AND t.type = 'table'
  AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\'
  AND p.key
ORDER BY t.name, i.seq DESC, p.seqno
