-- Indexes, one row for each part, with the primary key, unique or exclusion constraint they stand behind.
SELECT n.nspname::text,
       t.relname::text,
       c.relname::text,
       i.indisunique::text,
       con.contype::text,
       con.condeferrable::text,
       con.condeferred::text,
       am.amname::text,
       pg_catalog.pg_get_expr(i.indpred, i.indrelid),
       {nulls_not_distinct},
       i.indisvalid::text,
       (
           SELECT d.description
           FROM pg_catalog.pg_description AS d
           WHERE d.objoid = c.oid
             AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
             AND d.objsubid = 0
       ),
       (part.attnum > i.indnkeyatts)::text,
       a.attname::text,
       CASE WHEN a.attname IS NULL THEN pg_catalog.pg_get_indexdef(i.indexrelid, part.attnum::integer, true) END,
       (i.indoption[part.attnum - 1] & 1)::text,
       (i.indoption[part.attnum - 1] & 2)::text,
       CASE WHEN NOT opc.opcdefault OR {part_options} IS NOT NULL THEN opc.opcname::text END,
       coll.collname::text,
       {part_options},
       pg_catalog.array_to_json(c.reloptions)::text,
       {period},
       -- An index of a partition that came with the one of the parent.
       c.relispartition::text
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
JOIN pg_catalog.pg_am AS am ON am.oid = c.relam
LEFT JOIN pg_catalog.pg_constraint AS con
       ON con.conindid = i.indexrelid AND con.conrelid = i.indrelid AND con.contype IN ('p', 'u', 'x')
-- The index's own column for each part, which also keeps what an operator class was told. The four vectors count from 0 and
-- are shorter than indkey by the INCLUDE columns.
JOIN pg_catalog.pg_attribute AS part ON part.attrelid = i.indexrelid
LEFT JOIN pg_catalog.pg_attribute AS a
       ON a.attrelid = i.indrelid AND a.attnum = i.indkey[part.attnum - 1] AND a.attnum <> 0
LEFT JOIN pg_catalog.pg_opclass AS opc ON opc.oid = i.indclass[part.attnum - 1]
-- Expressions carry their own collation; only that of a plain column can differ from the column's.
LEFT JOIN pg_catalog.pg_collation AS coll
       ON coll.oid = i.indcollation[part.attnum - 1] AND i.indcollation[part.attnum - 1] <> a.attcollation
WHERE n.nspname IN ({namespaces})
  AND t.relkind IN ('r', 'p', 'm')
ORDER BY n.nspname, t.relname, c.relname, part.attnum
