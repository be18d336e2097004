-- Domains (a row for each check) and composite types (a row for each field).
-- The columns about a type are those of columns.sql.
SELECT n.nspname::text,
       t.typname::text,
       t.typtype::text,
       NULL,
       pg_catalog.format_type(CASE WHEN array_type.is_array THEN b.typelem ELSE t.typbasetype END, t.typtypmod),
       array_type.is_array::text,
       base.typtype::text,
       base_namespace.nspname::text,
       base.typname::text,
       t.typnotnull::text,
       pg_catalog.pg_get_expr(con.conbin, 0),
       con.conname::text,
       NULL AS place
FROM pg_catalog.pg_type AS t
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
JOIN pg_catalog.pg_type AS b ON b.oid = t.typbasetype
CROSS JOIN LATERAL (
    SELECT b.typcategory = 'A' AND b.typelem <> 0 AND b.typname NOT IN ('int2vector', 'oidvector') AS is_array
) AS array_type
JOIN pg_catalog.pg_type AS base ON base.oid = CASE WHEN array_type.is_array THEN b.typelem ELSE b.oid END
JOIN pg_catalog.pg_namespace AS base_namespace ON base_namespace.oid = base.typnamespace
LEFT JOIN pg_catalog.pg_constraint AS con ON con.contypid = t.oid AND con.contype = 'c'
WHERE n.nspname IN ({namespaces})
  AND t.typtype = 'd'
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend AS x
      WHERE x.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND x.objid = t.oid AND x.deptype = 'e'
  )
UNION ALL
SELECT n.nspname::text,
       t.typname::text,
       t.typtype::text,
       a.attname::text,
       pg_catalog.format_type(CASE WHEN array_type.is_array THEN b.typelem ELSE a.atttypid END, a.atttypmod),
       array_type.is_array::text,
       base.typtype::text,
       base_namespace.nspname::text,
       base.typname::text,
       NULL,
       NULL,
       NULL,
       pg_catalog.lpad(a.attnum::text, 5, '0')
FROM pg_catalog.pg_type AS t
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
-- Every table has a row type; only a class of kind 'c' was declared as a type.
JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid AND c.relkind = 'c'
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type AS b ON b.oid = a.atttypid
CROSS JOIN LATERAL (
    SELECT b.typcategory = 'A' AND b.typelem <> 0 AND b.typname NOT IN ('int2vector', 'oidvector') AS is_array
) AS array_type
JOIN pg_catalog.pg_type AS base ON base.oid = CASE WHEN array_type.is_array THEN b.typelem ELSE b.oid END
JOIN pg_catalog.pg_namespace AS base_namespace ON base_namespace.oid = base.typnamespace
WHERE n.nspname IN ({namespaces})
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend AS x
      WHERE x.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND x.objid = t.oid AND x.deptype = 'e'
  )
ORDER BY 1, 2, 13, 12
