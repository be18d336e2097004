-- Triggers that were declared: not those behind constraints, not the copies on partitions.
SELECT n.nspname::text,
       c.relname::text,
       t.tgname::text,
       t.tgtype::text,
       t.tgenabled::text,
       -- The columns of UPDATE OF.
       (
           SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY part.place)
           FROM unnest(t.tgattr::smallint[]) WITH ORDINALITY AS part (attnum, place)
           JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.tgrelid AND a.attnum = part.attnum
       ),
       pg_catalog.pg_get_triggerdef(t.oid, true),
       (t.tgconstraint <> 0)::text,
       t.tgdeferrable::text,
       t.tginitdeferred::text,
       CASE WHEN t.tgconstrrelid <> 0 THEN t.tgconstrrelid::pg_catalog.regclass::text END,
       pg_catalog.quote_ident(t.tgoldtable),
       pg_catalog.quote_ident(t.tgnewtable),
       (
           SELECT d.description
           FROM pg_catalog.pg_description AS d
           WHERE d.objoid = t.oid
             AND d.classoid = 'pg_catalog.pg_trigger'::pg_catalog.regclass
             AND d.objsubid = 0
       )
FROM pg_catalog.pg_trigger AS t
JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN ({namespaces})
  AND NOT t.tgisinternal
  AND {not_a_copy}
ORDER BY n.nspname, c.relname, t.tgname
