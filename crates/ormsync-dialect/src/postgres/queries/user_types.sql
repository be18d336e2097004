-- Domains (a row for each check), composite types (a row for each field) and range types.
-- The five columns about a type are those of columns.sql.
SELECT n.nspname::text,
       t.typname::text,
       t.typtype::text,
       slot.field::text,
       pg_catalog.format_type(CASE WHEN array_type.is_array THEN b.typelem ELSE b.oid END, slot.modifier),
       array_type.is_array::text,
       base.typtype::text,
       base_namespace.nspname::text,
       base.typname::text,
       (
           SELECT d.description
           FROM pg_catalog.pg_description AS d
           WHERE d.objoid = t.oid
             AND d.classoid = 'pg_catalog.pg_type'::pg_catalog.regclass
             AND d.objsubid = 0
       ),
       collation_.collname::text,
       t.typnotnull::text,
       pg_catalog.pg_get_expr(t.typdefaultbin, 0),
       con.conname::text,
       pg_catalog.pg_get_expr(con.conbin, 0),
       con.convalidated::text,
       opc.opcname::text,
       slot.difference,
       slot.multirange,
       (
           SELECT constraint_.conname::text
           FROM pg_catalog.pg_constraint AS constraint_
           WHERE constraint_.contypid = t.oid AND constraint_.contype = 'n'
             AND constraint_.conname <> t.typname || '_not_null'
       )
FROM pg_catalog.pg_type AS t
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
-- Every table has a row type; only a class of kind 'c' was declared as a type.
LEFT JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid
LEFT JOIN LATERAL (
    SELECT NULL::pg_catalog.name AS field, 0::smallint AS place, t.typbasetype AS data_type, t.typtypmod AS modifier,
           t.typcollation AS collation_, 0::oid AS operator_class, NULL::text AS difference, NULL::text AS multirange
    WHERE t.typtype = 'd'
    UNION ALL
    SELECT a.attname, a.attnum, a.atttypid, a.atttypmod, 0::oid, 0::oid, NULL, NULL
    FROM pg_catalog.pg_attribute AS a
    WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT NULL, 0::smallint, r.rngsubtype, -1, r.rngcollation, r.rngsubopc::oid,
           NULLIF(r.rngsubdiff::pg_catalog.regproc::text, '-'), {multirange}
    FROM pg_catalog.pg_range AS r
    WHERE t.typtype = 'r' AND r.rngtypid = t.oid
) AS slot ON true
LEFT JOIN pg_catalog.pg_type AS b ON b.oid = slot.data_type
LEFT JOIN LATERAL (
    SELECT b.typcategory = 'A' AND b.typelem <> 0 AND b.typname NOT IN ('int2vector', 'oidvector') AS is_array
) AS array_type ON true
LEFT JOIN pg_catalog.pg_type AS base ON base.oid = CASE WHEN array_type.is_array THEN b.typelem ELSE b.oid END
LEFT JOIN pg_catalog.pg_namespace AS base_namespace ON base_namespace.oid = base.typnamespace
LEFT JOIN pg_catalog.pg_collation AS collation_
       ON collation_.oid = slot.collation_ AND slot.collation_ <> b.typcollation
LEFT JOIN pg_catalog.pg_opclass AS opc ON opc.oid = slot.operator_class AND NOT opc.opcdefault
LEFT JOIN pg_catalog.pg_constraint AS con ON con.contypid = t.oid AND con.contype = 'c'
WHERE n.nspname IN ({namespaces})
  AND (t.typtype IN ('d', 'r') OR (t.typtype = 'c' AND c.relkind = 'c'))
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend AS x
      WHERE x.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND x.objid = t.oid AND x.deptype = 'e'
  )
ORDER BY n.nspname, t.typname, slot.place, con.conname
