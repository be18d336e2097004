-- Sequences, but those behind identity columns and those of extensions.
SELECT n.nspname::text,
       c.relname::text,
       s.seqstart::text,
       s.seqincrement::text,
       s.seqmin::text,
       s.seqmax::text,
       s.seqcycle::text
FROM pg_catalog.pg_sequence AS s
JOIN pg_catalog.pg_class AS c ON c.oid = s.seqrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN ({namespaces})
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend AS x
      WHERE x.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND x.objid = c.oid AND x.deptype IN ('e', 'i')
  )
ORDER BY n.nspname, c.relname
