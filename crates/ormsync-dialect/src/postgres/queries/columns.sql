-- Columns of every relation in scope, in order (of the relations any will do), with the sequence that numbers them.
-- An array is told by its element's type; `typtype` is that of the element. Comments are looked up one by one, for
-- those that have any: a join with them is slow where the server has no statistics of many new tables yet.
SELECT n.nspname::text,
       c.relname::text,
       a.attname::text,
       pg_catalog.format_type(CASE WHEN array_type.is_array THEN t.typelem ELSE a.atttypid END, a.atttypmod),
       array_type.is_array::text,
       base.typtype::text,
       base_namespace.nspname::text,
       base.typname::text,
       a.attnotnull::text,
       -- Only a generated column's expression has columns in it; to look a relation up for the others takes longer than to print.
       pg_catalog.pg_get_expr(ad.adbin, CASE WHEN a.attgenerated = '' THEN 0 ELSE ad.adrelid END),
       a.attidentity::text,
       a.attgenerated::text,
       collation_.collname::text,
       CASE
           WHEN (c.oid, a.attnum::integer) IN (
               SELECT d.objoid, d.objsubid
               FROM pg_catalog.pg_description AS d
               WHERE d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
           ) THEN (
               SELECT d.description
               FROM pg_catalog.pg_description AS d
               WHERE d.objoid = c.oid
                 AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
                 AND d.objsubid = a.attnum
           )
       END,
       -- The sequence behind an identity column, or the one the default takes its value from.
       sequence_namespace.nspname::text,
       sequence_class.relname::text,
       -- Not a join: most columns have no sequence, and need not look.
       CASE
           WHEN numbering.sequence IS NOT NULL THEN EXISTS (
               SELECT FROM pg_catalog.pg_depend AS dep
               WHERE dep.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                 AND dep.objid = numbering.sequence
                 AND dep.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                 AND dep.refobjid = a.attrelid
                 AND dep.refobjsubid = a.attnum
                 AND dep.deptype IN ('a', 'i')
           )::text
       END,
       s.seqstart::text,
       s.seqincrement::text,
       pg_catalog.format_type(s.seqtypid, NULL),
       s.seqmin::text,
       s.seqmax::text,
       s.seqcache::text,
       s.seqcycle::text,
       a.attislocal::text
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
CROSS JOIN LATERAL (
    SELECT t.typcategory = 'A' AND t.typelem <> 0 AND t.typname NOT IN ('int2vector', 'oidvector') AS is_array
) AS array_type
JOIN pg_catalog.pg_type AS base ON base.oid = CASE WHEN array_type.is_array THEN t.typelem ELSE t.oid END
JOIN pg_catalog.pg_namespace AS base_namespace ON base_namespace.oid = base.typnamespace
LEFT JOIN pg_catalog.pg_attrdef AS ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum
LEFT JOIN pg_catalog.pg_collation AS collation_
       ON collation_.oid = a.attcollation AND a.attcollation <> t.typcollation
LEFT JOIN (
    SELECT dep.refobjid AS relation, dep.refobjsubid::smallint AS place, dep.objid AS sequence
    FROM pg_catalog.pg_depend AS dep
    WHERE dep.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
      AND dep.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
      AND dep.deptype = 'i'
      AND dep.objid IN (SELECT identity.seqrelid FROM pg_catalog.pg_sequence AS identity)
    UNION ALL
    SELECT default_.adrelid, default_.adnum, pg_catalog.min(dep.refobjid)
    FROM pg_catalog.pg_depend AS dep
    JOIN pg_catalog.pg_attrdef AS default_ ON default_.oid = dep.objid
    WHERE dep.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
      AND dep.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
      AND dep.refobjid IN (SELECT taken.seqrelid FROM pg_catalog.pg_sequence AS taken)
    GROUP BY default_.adrelid, default_.adnum
) AS numbering ON numbering.relation = a.attrelid AND numbering.place = a.attnum
LEFT JOIN pg_catalog.pg_class AS sequence_class ON sequence_class.oid = numbering.sequence
LEFT JOIN pg_catalog.pg_namespace AS sequence_namespace ON sequence_namespace.oid = sequence_class.relnamespace
LEFT JOIN pg_catalog.pg_sequence AS s ON s.seqrelid = numbering.sequence
WHERE n.nspname IN ({namespaces})
  AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
  AND a.attnum > 0
  AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
