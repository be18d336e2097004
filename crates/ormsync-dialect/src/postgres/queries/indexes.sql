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
       (part.place > i.indnkeyatts)::text,
       a.attname::text,
       CASE WHEN a.attname IS NULL THEN pg_catalog.pg_get_indexdef(i.indexrelid, part.place::integer, true) END,
       (part.option & 1)::text,
       (part.option & 2)::text,
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
-- The four vectors count from 0 and are shorter than indkey by the INCLUDE columns.
CROSS JOIN LATERAL unnest(
    i.indkey::smallint[], i.indoption::smallint[], i.indclass::oid[], i.indcollation::oid[]
) WITH ORDINALITY AS part (attnum, option, opclass, collation_, place)
LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = part.attnum AND part.attnum <> 0
LEFT JOIN pg_catalog.pg_opclass AS opc ON opc.oid = part.opclass
-- What an operator class was told is kept at the column of the index.
LEFT JOIN pg_catalog.pg_attribute AS ia ON ia.attrelid = i.indexrelid AND ia.attnum = part.place
-- Expressions carry their own collation; only that of a plain column can differ from the column's.
LEFT JOIN pg_catalog.pg_collation AS coll
       ON coll.oid = part.collation_ AND part.collation_ <> a.attcollation
WHERE n.nspname IN ({namespaces})
  AND t.relkind IN ('r', 'p', 'm')
ORDER BY n.nspname, t.relname, c.relname, part.place
