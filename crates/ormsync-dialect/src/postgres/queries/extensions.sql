-- Extensions of the database, whatever their namespace; plpgsql is there from the start.
SELECT e.extname::text,
       e.extversion,
       n.nspname::text
FROM pg_catalog.pg_extension AS e
JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
WHERE e.extname <> 'plpgsql'
ORDER BY e.extname
