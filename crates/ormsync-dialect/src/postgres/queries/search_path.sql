-- Makes the names of everything in scope, and of what extensions brought, print without their schema in the
-- expressions of the other queries: that is how models write them. The order is one that whoever runs a script made of
-- it can take up again: public, then the others by name. Lasts until the end of the transaction.
SELECT pg_catalog.set_config('search_path', pg_catalog.string_agg(pg_catalog.quote_ident(path.name), ', ' ORDER BY path.place), true)
FROM (
    SELECT name, min(place) AS place
    FROM (
        SELECT scope.name, pg_catalog.row_number() OVER (ORDER BY scope.name <> 'public', scope.name COLLATE "C") AS place
        FROM pg_catalog.unnest(ARRAY[{namespaces}]::text[]) AS scope (name)
        UNION ALL
        SELECT current.name::text, 1000 + current.place
        FROM pg_catalog.unnest(pg_catalog.current_schemas(false)) WITH ORDINALITY AS current (name, place)
        UNION ALL
        SELECT n.nspname::text, 2000 + n.oid::bigint
        FROM pg_catalog.pg_extension AS e
        JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
    ) AS candidate
    WHERE name <> 'pg_catalog'
    GROUP BY name
) AS path
