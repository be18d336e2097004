-- Functions and procedures, without those of extensions.
SELECT n.nspname::text,
       p.proname::text,
       pg_catalog.pg_get_function_identity_arguments(p.oid),
       pg_catalog.pg_get_function_result(p.oid),
       l.lanname::text,
       p.prokind::text
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
WHERE n.nspname IN ({namespaces})
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend AS x
      WHERE x.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND x.objid = p.oid AND x.deptype IN ('e', 'i')
  )
ORDER BY n.nspname, p.proname
