-- Foreign keys, checks and exclusion constraints, and the NOT NULL constraints (PostgreSQL 18) that are not what the
-- server makes by itself. Keys and unique constraints come with their indexes.
SELECT n.nspname::text,
       t.relname::text,
       con.conname::text,
       con.contype::text,
       (
           SELECT pg_catalog.json_agg(a.attname ORDER BY part.place)::text
           FROM pg_catalog.unnest(con.conkey) WITH ORDINALITY AS part (attnum, place)
           JOIN pg_catalog.pg_attribute AS a ON a.attrelid = con.conrelid AND a.attnum = part.attnum
       ),
       rn.nspname::text,
       r.relname::text,
       (
           SELECT pg_catalog.json_agg(a.attname ORDER BY part.place)::text
           FROM pg_catalog.unnest(con.confkey) WITH ORDINALITY AS part (attnum, place)
           JOIN pg_catalog.pg_attribute AS a ON a.attrelid = con.confrelid AND a.attnum = part.attnum
       ),
       con.confdeltype::text,
       con.confupdtype::text,
       con.confmatchtype::text,
       con.condeferrable::text,
       con.condeferred::text,
       con.convalidated::text,
       {enforced},
       CASE con.contype
           WHEN 'c' THEN pg_catalog.pg_get_expr(con.conbin, con.conrelid)
           WHEN 'x' THEN pg_catalog.pg_get_constraintdef(con.oid)
       END,
       {set_on_delete},
       {period},
       con.connoinherit::text,
       -- From the table that this one inherits from, or is a partition of.
       (con.conparentid <> 0 OR NOT con.conislocal)::text
FROM pg_catalog.pg_constraint AS con
JOIN pg_catalog.pg_class AS t ON t.oid = con.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
LEFT JOIN pg_catalog.pg_class AS r ON r.oid = con.confrelid
LEFT JOIN pg_catalog.pg_namespace AS rn ON rn.oid = r.relnamespace
WHERE n.nspname IN ({namespaces})
  AND (
      con.contype IN ('f', 'c', 'x')
      OR con.contype = 'n' AND con.conislocal AND (con.connoinherit OR NOT con.convalidated OR con.conname <> (
          SELECT t.relname || '_' || a.attname || '_not_null'
          FROM pg_catalog.pg_attribute AS a
          WHERE a.attrelid = con.conrelid AND a.attnum = con.conkey[1]
      ))
  )
  -- A foreign key to a partitioned table has one hidden copy for each of that table's partitions.
  AND NOT (con.contype = 'f' AND con.conparentid <> 0 AND EXISTS (
      SELECT FROM pg_catalog.pg_constraint AS parent
      WHERE parent.oid = con.conparentid AND parent.conrelid = con.conrelid
  ))
ORDER BY n.nspname, t.relname, con.conname
