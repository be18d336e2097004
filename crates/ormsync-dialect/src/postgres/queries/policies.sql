-- Row-level security policies.
SELECT n.nspname::text,
       c.relname::text,
       p.polname::text,
       p.polcmd::text,
       pg_catalog.pg_get_expr(p.polqual, p.polrelid),
       pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid),
       p.polpermissive::text,
       -- Role 0 is everybody.
       (
           SELECT pg_catalog.json_agg(pg_catalog.pg_get_userbyid(role.oid) ORDER BY pg_catalog.pg_get_userbyid(role.oid))::text
           FROM pg_catalog.unnest(p.polroles) AS role (oid)
           WHERE role.oid <> 0
       )
FROM pg_catalog.pg_policy AS p
JOIN pg_catalog.pg_class AS c ON c.oid = p.polrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN ({namespaces})
ORDER BY n.nspname, c.relname, p.polname
