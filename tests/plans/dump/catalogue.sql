-- What a PostgreSQL server prints of everything in a database by its own functions, a line for each thing.
WITH relation AS (
    SELECT c.*
    FROM pg_class AS c
    WHERE c.relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
      AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')
)
SELECT replace(line, E'\n', ' ')
FROM (
    SELECT concat_ws(' ', 'relation', r.oid::regclass, r.relkind, r.relpersistence, r.reloptions, r.relrowsecurity, r.relforcerowsecurity,
                     pg_get_partkeydef(CASE r.relkind WHEN 'p' THEN r.oid END), pg_get_expr(r.relpartbound, r.oid),
                     (SELECT string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno) FROM pg_inherits AS i WHERE i.inhrelid = r.oid),
                     NULLIF(r.reloftype, 0)::regtype, obj_description(r.oid, 'pg_class')) AS line
    FROM relation AS r
    UNION ALL
    SELECT concat_ws(' ', 'column', r.oid::regclass, CASE WHEN r.relkind IN ('v', 'm', 'c') THEN a.attnum END, a.attname,
                     format_type(a.atttypid, a.atttypmod), 'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated,
                     a.attnotnull, a.attislocal, a.attinhcount, NULLIF(a.attcollation, 0)::regcollation, col_description(r.oid, a.attnum))
    FROM relation AS r
    JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef AS d ON d.adrelid = r.oid AND d.adnum = a.attnum
    UNION ALL
    SELECT concat_ws(' ', 'constraint', NULLIF(c.conrelid, 0)::regclass, NULLIF(c.contypid, 0)::regtype, c.conname, pg_get_constraintdef(c.oid),
                     c.conislocal, c.coninhcount, c.convalidated, obj_description(c.oid, 'pg_constraint'))
    FROM pg_constraint AS c
    WHERE c.connamespace::regnamespace::text !~ '^(pg_|information_schema)'
    UNION ALL
    SELECT concat_ws(' ', 'index', pg_get_indexdef(i.indexrelid)) FROM pg_index AS i JOIN relation AS r ON r.oid = i.indexrelid
    UNION ALL
    SELECT concat_ws(' ', 'view', r.oid::regclass, pg_get_viewdef(r.oid)) FROM relation AS r WHERE r.relkind IN ('v', 'm')
    UNION ALL
    SELECT concat_ws(' ', 'trigger', pg_get_triggerdef(t.oid), t.tgenabled, obj_description(t.oid, 'pg_trigger'))
    FROM pg_trigger AS t WHERE NOT t.tgisinternal
    UNION ALL
    SELECT concat_ws(' ', 'policy', p.polrelid::regclass, p.polname, p.polcmd, p.polpermissive, p.polroles::regrole[],
                     pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
    FROM pg_policy AS p
    UNION ALL
    SELECT concat_ws(' ', 'sequence', s.seqrelid::regclass, s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle,
                     (SELECT d.refobjid::regclass || '.' || d.refobjsubid FROM pg_depend AS d
                      WHERE d.objid = s.seqrelid AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')))
    FROM pg_sequence AS s
    UNION ALL
    SELECT concat_ws(' ', 'function', pg_get_functiondef(p.oid), obj_description(p.oid, 'pg_proc'))
    FROM pg_proc AS p
    WHERE p.pronamespace::regnamespace::text !~ '^(pg_|information_schema)' AND p.prokind <> 'a'
    UNION ALL
    SELECT concat_ws(' ', 'aggregate', p.oid::regprocedure, a.aggtransfn, a.aggfinalfn, a.aggtranstype::regtype, a.agginitval)
    FROM pg_proc AS p
    JOIN pg_aggregate AS a ON a.aggfnoid = p.oid
    WHERE p.pronamespace::regnamespace::text !~ '^(pg_|information_schema)'
    UNION ALL
    SELECT concat_ws(' ', 'type', t.oid::regtype, t.typtype, t.typnotnull, NULLIF(t.typbasetype, 0)::regtype, t.typtypmod, t.typdefault,
                     (SELECT string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder) FROM pg_enum AS e WHERE e.enumtypid = t.oid),
                     (SELECT concat_ws(' ', r.rngsubtype::regtype, r.rngsubdiff, r.rngmultitypid::regtype, r.rngcollation) FROM pg_range AS r WHERE r.rngtypid = t.oid),
                     obj_description(t.oid, 'pg_type'))
    FROM pg_type AS t
    WHERE t.typnamespace::regnamespace::text !~ '^(pg_|information_schema)'
    UNION ALL
    SELECT concat_ws(' ', 'extension', e.extname, e.extversion, e.extnamespace::regnamespace) FROM pg_extension AS e
) AS everything
