-- Sizes of InnoDB's indexes, as `crate::usage` understands them. The primary key is the table.
SELECT 'index',
       CAST(database_name AS CHAR),
       CAST(table_name AS CHAR),
       CAST(index_name AS CHAR),
       CAST(stat_value * @@innodb_page_size AS CHAR),
       NULL,
       NULL
FROM mysql.innodb_index_stats
WHERE stat_name = 'size'
  AND index_name <> 'PRIMARY'
  AND database_name {scope}
ORDER BY database_name, table_name, index_name
