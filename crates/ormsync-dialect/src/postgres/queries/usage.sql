-- Sizes and use of tables and indexes, as `crate::usage` understands them. Rows are what ANALYZE estimated.
SELECT 'table',
       n.nspname::text,
       c.relname::text,
       NULL,
       pg_catalog.pg_total_relation_size(c.oid)::text,
       CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint::text END,
       NULL
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p')
  AND n.nspname IN ({namespaces})
UNION ALL
SELECT 'index',
       n.nspname::text,
       t.relname::text,
       c.relname::text,
       pg_catalog.pg_relation_size(c.oid)::text,
       NULL,
       s.idx_scan::text
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
LEFT JOIN pg_catalog.pg_stat_all_indexes AS s ON s.indexrelid = c.oid
WHERE t.relkind IN ('r', 'p')
  AND n.nspname IN ({namespaces})
ORDER BY 1, 2, 3, 4
