-- Tables, partitioned and foreign tables, views and materialised views, without those of extensions.
SELECT n.nspname::text,
       c.relname::text,
       c.relkind::text,
       (
           SELECT d.description
           FROM pg_catalog.pg_description AS d
           WHERE d.objoid = c.oid
             AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
             AND d.objsubid = 0
       ),
       c.relrowsecurity::text,
       c.relforcerowsecurity::text,
       c.relpersistence::text,
       pg_catalog.array_to_json(c.reloptions)::text,
       CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END,
       CASE WHEN c.relispartition THEN pg_catalog.pg_get_expr(c.relpartbound, c.oid) END,
       (
           SELECT pg_catalog.json_agg(
                      CASE WHEN pn.oid = n.oid THEN p.relname::text ELSE pn.nspname || '.' || p.relname END
                      ORDER BY i.inhseqno
                  )::text
           FROM pg_catalog.pg_inherits AS i
           JOIN pg_catalog.pg_class AS p ON p.oid = i.inhparent
           JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.relnamespace
           WHERE i.inhrelid = c.oid
       ),
       CASE WHEN c.relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(c.oid) END,
       s.srvname::text,
       (
           SELECT pg_catalog.string_agg(
                      pg_catalog.quote_ident(given.option_name) || ' ' || pg_catalog.quote_literal(given.option_value), ', '
                      ORDER BY given.option_name
                  )
           FROM pg_catalog.pg_options_to_table(ft.ftoptions) AS given
       ),
       -- A typed table has the columns of a composite type.
       CASE WHEN c.reloftype <> 0 THEN pg_catalog.format_type(c.reloftype, NULL) END,
       c.relispopulated::text
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_foreign_table AS ft ON ft.ftrelid = c.oid
LEFT JOIN pg_catalog.pg_foreign_server AS s ON s.oid = ft.ftserver
WHERE n.nspname IN ({namespaces})
  AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend AS e
      WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.objid = c.oid AND e.deptype = 'e'
  )
ORDER BY n.nspname, c.relname
