-- Sequences, but those behind identity columns and those of extensions.
SELECT n.nspname::text,
       c.relname::text,
       s.seqstart::text,
       s.seqincrement::text,
       s.seqmin::text,
       s.seqmax::text,
       s.seqcycle::text,
       s.seqcache::text,
       pg_catalog.format_type(s.seqtypid, NULL),
       ot.relname::text,
       oa.attname::text,
       (
           SELECT d.description
           FROM pg_catalog.pg_description AS d
           WHERE d.objoid = c.oid
             AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
             AND d.objsubid = 0
       )
FROM pg_catalog.pg_sequence AS s
JOIN pg_catalog.pg_class AS c ON c.oid = s.seqrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
-- The column it is OWNED BY.
LEFT JOIN pg_catalog.pg_depend AS own
       ON own.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND own.objid = c.oid
      AND own.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND own.refobjsubid <> 0 AND own.deptype = 'a'
LEFT JOIN pg_catalog.pg_class AS ot ON ot.oid = own.refobjid
LEFT JOIN pg_catalog.pg_attribute AS oa ON oa.attrelid = own.refobjid AND oa.attnum = own.refobjsubid
WHERE n.nspname IN ({namespaces})
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend AS x
      WHERE x.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND x.objid = c.oid AND x.deptype IN ('e', 'i')
  )
ORDER BY n.nspname, c.relname
