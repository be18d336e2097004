-- Which of the namespaces asked for exist, and whether this role may use them.
SELECT n.nspname::text,
       pg_catalog.has_schema_privilege(n.oid, 'USAGE')::text,
       current_user::text
FROM pg_catalog.pg_namespace AS n
WHERE n.nspname IN ({namespaces})
