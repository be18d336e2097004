-- Functions and procedures with their statements, without those of extensions. The server writes none for an aggregate:
-- what an ordinary one is made of is put together here; of others only the signature is known.
SELECT n.nspname::text,
       p.proname::text,
       pg_catalog.pg_get_function_identity_arguments(p.oid),
       pg_catalog.pg_get_function_result(p.oid),
       l.lanname::text,
       p.prokind::text,
       CASE
           WHEN p.prokind <> 'a' THEN pg_catalog.pg_get_functiondef(p.oid)
           WHEN aggregate.aggkind = 'n' AND aggregate.aggmtransfn = 0 THEN pg_catalog.format(
               'CREATE AGGREGATE %I.%I(%s) (SFUNC = %s, STYPE = %s%s)',
               n.nspname,
               p.proname,
               CASE p.pronargs WHEN 0 THEN '*' ELSE pg_catalog.pg_get_function_arguments(p.oid) END,
               aggregate.aggtransfn::pg_catalog.regproc,
               pg_catalog.format_type(aggregate.aggtranstype, NULL),
               pg_catalog.concat(
                   ', SSPACE = ' || NULLIF(aggregate.aggtransspace, 0),
                   ', FINALFUNC = ' || NULLIF(aggregate.aggfinalfn::pg_catalog.regproc::text, '-'),
                   CASE WHEN aggregate.aggfinalextra THEN ', FINALFUNC_EXTRA' END,
                   CASE aggregate.aggfinalmodify WHEN 's' THEN ', FINALFUNC_MODIFY = SHAREABLE' WHEN 'w' THEN ', FINALFUNC_MODIFY = READ_WRITE' END,
                   ', COMBINEFUNC = ' || NULLIF(aggregate.aggcombinefn::pg_catalog.regproc::text, '-'),
                   ', SERIALFUNC = ' || NULLIF(aggregate.aggserialfn::pg_catalog.regproc::text, '-'),
                   ', DESERIALFUNC = ' || NULLIF(aggregate.aggdeserialfn::pg_catalog.regproc::text, '-'),
                   ', INITCOND = ' || pg_catalog.quote_literal(aggregate.agginitval),
                   ', SORTOP = ' || NULLIF(aggregate.aggsortop, 0)::pg_catalog.regoperator::text,
                   CASE p.proparallel WHEN 's' THEN ', PARALLEL = SAFE' WHEN 'r' THEN ', PARALLEL = RESTRICTED' END
               )
           )
       END,
       (
           SELECT d.description
           FROM pg_catalog.pg_description AS d
           WHERE d.objoid = p.oid
             AND d.classoid = 'pg_catalog.pg_proc'::pg_catalog.regclass
             AND d.objsubid = 0
       )
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
LEFT JOIN pg_catalog.pg_aggregate AS aggregate ON aggregate.aggfnoid = p.oid
WHERE n.nspname IN ({namespaces})
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend AS x
      WHERE x.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND x.objid = p.oid AND x.deptype IN ('e', 'i')
  )
ORDER BY n.nspname, p.proname
