//! Tables, constraints and indexes.

use std::collections::BTreeMap;

use ormsync_schema::{
    Check, Deferrability, Exclusion, ForeignKey, Index, IndexKind, IndexPart, IndexTarget, MatchKind, NullsOrder,
    Partitioning, PrimaryKey, QualifiedName, SortOrder, Table,
};

use super::columns::{collation_path, include, key_columns};
use super::{Writer, column_list, comment, quote};

impl Writer<'_> {
    /// The table and all that is in it. What was stripped off by the planner comes in sections of its own.
    pub(super) fn create_table(&self, name: &QualifiedName, table: &Table) -> Vec<String> {
        let path = self.path(name);
        let server = table.options.get("foreign_server");
        let mut statements: Vec<String> = server
            .map(|server| format!("-- The foreign server {} has to be there: it is no part of a schema", quote(server)))
            .into_iter()
            .collect();
        statements.push(self.table_statement(&path, name, table));
        for (column_name, column) in &table.columns {
            statements.extend(self.behind_column(name, column_name, column));
        }
        if let Some(text) = &table.comment {
            let kind = if is_foreign(table) { "FOREIGN TABLE" } else { "TABLE" };
            statements.push(comment(kind, &path, Some(text)));
        }
        if let Some(PrimaryKey { name: Some(key), comment: Some(text), .. }) = &table.primary_key {
            statements.push(comment("INDEX", &self.beside(name, key), Some(text)));
        }
        for check in table.checks.iter().filter(|check| is_behind(check)) {
            statements.push(format!("ALTER TABLE {path} ADD {}", self::check(check)));
        }
        for index in &table.indexes {
            if index.kind == IndexKind::UniqueConstraint {
                statements.extend(self.comment_on_index(name, index));
            } else {
                statements.extend(self.create_index(name, index));
            }
        }
        for key in table.foreign_keys.iter().filter(|key| !key.inherited) {
            statements.push(format!("ALTER TABLE {path} ADD {}", self.foreign_key(key)));
        }
        for (trigger_name, trigger) in &table.triggers {
            statements.extend(self.create_trigger(&path, trigger_name, trigger));
        }
        if table.row_security {
            statements.push(format!("ALTER TABLE {path} ENABLE ROW LEVEL SECURITY"));
        }
        if table.options.contains_key("force_row_security") {
            statements.push(format!("ALTER TABLE {path} FORCE ROW LEVEL SECURITY"));
        }
        for (policy_name, policy) in &table.policies {
            statements.push(super::objects::create_policy(&path, policy_name, policy));
        }
        statements
    }

    fn table_statement(&self, path: &str, name: &QualifiedName, table: &Table) -> String {
        // The columns of a typed table are its type's: only what it adds to them is written.
        let of_type = table.options.get("of_type");
        let mut lines: Vec<String> = table
            .columns
            .iter()
            .filter(|(_, column)| !column.inherited)
            .filter_map(|(name, column)| match of_type {
                Some(_) => self.column_options(name, column),
                None => Some(self.column(name, column)),
            })
            .map(|line| format!("    {line}"))
            .collect();
        let mut constraints = Vec::new();
        constraints.extend(table.primary_key.iter().filter(|key| !key.inherited).map(|key| primary_key(key, ",")));
        let uniques =
            table.indexes.iter().filter(|index| index.kind == IndexKind::UniqueConstraint && !index.inherited);
        constraints.extend(uniques.map(unique_constraint));
        constraints.extend(table.checks.iter().filter(|it| !it.inherited && !is_behind(it)).map(check));
        constraints.extend(table.exclusions.iter().map(exclusion));
        if let Some((first, rest)) = constraints.split_first() {
            // A blank line parts columns and constraints.
            let gap = if lines.is_empty() { "" } else { "\n" };
            lines.push(format!("{gap}    {first}"));
            lines.extend(rest.iter().map(|constraint| format!("    {constraint}")));
        }
        let unlogged = if table.options.contains_key("unlogged") { "UNLOGGED " } else { "" };
        let body = if lines.is_empty() { "()".to_owned() } else { format!("(\n{}\n)", lines.join(",\n")) };
        let mut text = match &table.partitioning {
            Some(Partitioning::PartitionOf { parent, bounds, partitioned_by }) => {
                let body = if lines.is_empty() { String::new() } else { format!(" {body}") };
                let parent = self.parent(name, parent);
                let split = partitioned_by.as_ref().map(|key| format!(" PARTITION BY {key}")).unwrap_or_default();
                format!("CREATE {unlogged}TABLE {path} PARTITION OF {parent}{body} {bounds}{split}")
            }
            Some(Partitioning::PartitionedBy(key)) => {
                format!("CREATE {unlogged}TABLE {path} {body} PARTITION BY {key}")
            }
            Some(Partitioning::Inherits(parents)) => {
                let parents: Vec<String> = parents.iter().map(|parent| self.parent(name, parent)).collect();
                format!("CREATE {unlogged}TABLE {path} {body} INHERITS ({})", parents.join(", "))
            }
            None => match (of_type, table.options.get("foreign_server")) {
                (Some(of_type), _) => {
                    let body = if lines.is_empty() { String::new() } else { format!(" {body}") };
                    format!("CREATE {unlogged}TABLE {path} OF {of_type}{body}")
                }
                (None, Some(server)) => {
                    let options = table.options.get("foreign_options");
                    let options = options.map(|options| format!(" OPTIONS ({options})")).unwrap_or_default();
                    format!("CREATE FOREIGN TABLE {path} {body} SERVER {}{options}", quote(server))
                }
                (None, None) => format!("CREATE {unlogged}TABLE {path} {body}"),
            },
        };
        let storage = storage(&table.options);
        if !storage.is_empty() {
            text.push_str(&format!(" WITH ({})", storage.join(", ")));
        }
        text
    }

    /// A parent is named alone where it is in its child's namespace.
    fn parent(&self, child: &QualifiedName, parent: &str) -> String {
        match parent.split_once('.') {
            Some((namespace, name)) => self.path(&QualifiedName::new(namespace, name)),
            None => self.path(&QualifiedName::new(&child.namespace, parent)),
        }
    }

    /// `CONSTRAINT "x" FOREIGN KEY …`.
    pub(super) fn foreign_key(&self, key: &ForeignKey) -> String {
        let referenced = self.path(&QualifiedName::new(&key.referenced_namespace, &key.referenced_table));
        let with_period = |columns: &[String]| match columns.split_last() {
            Some((last, rest)) if key.period => {
                let mut names: Vec<String> = rest.iter().map(|column| quote(column)).collect();
                names.push(format!("PERIOD {}", quote(last)));
                names.join(", ")
            }
            _ => column_list(columns),
        };
        let columns_referred_to = if key.referenced_columns.is_empty() {
            String::new()
        } else {
            format!("({})", with_period(&key.referenced_columns))
        };
        let set = if key.set_on_delete.is_empty() {
            String::new()
        } else {
            format!(" ({})", column_list(&key.set_on_delete))
        };
        let full = if key.match_kind == MatchKind::Full { " MATCH FULL" } else { "" };
        format!(
            "{}FOREIGN KEY ({}) REFERENCES {referenced}{columns_referred_to}{full} ON DELETE {}{set} ON UPDATE {}{}{}{}",
            named(key.name.as_deref()),
            with_period(&key.columns),
            key.on_delete.as_sql(),
            key.on_update.as_sql(),
            deferrable(key.deferrability),
            if key.not_enforced { " NOT ENFORCED" } else { "" },
            if key.not_valid && !key.not_enforced { " NOT VALID" } else { "" },
        )
    }

    pub(super) fn create_index(&self, table: &QualifiedName, index: &Index) -> Vec<String> {
        if index.inherited || index.implicit {
            return Vec::new();
        }
        let path = self.path(table);
        let mut statements = if index.kind == IndexKind::UniqueConstraint {
            vec![format!("ALTER TABLE {path} ADD {}", unique_constraint(index))]
        } else {
            vec![self.index_statement(&path, index, &self.concurrently("IF NOT EXISTS "))]
        };
        statements.extend(self.comment_on_index(table, index));
        statements
    }

    /// `CONCURRENTLY `, where that is asked for. No block can surround the statement then, so that it has to look itself.
    fn concurrently(&self, guard: &str) -> String {
        match (self.manner.concurrently, self.manner.guarded) {
            (true, true) => format!("CONCURRENTLY {guard}"),
            (true, false) => "CONCURRENTLY ".to_owned(),
            (false, _) => String::new(),
        }
    }

    fn comment_on_index(&self, table: &QualifiedName, index: &Index) -> Option<String> {
        let text = index.comment.as_deref()?;
        Some(comment("INDEX", &self.beside(table, index.name.as_deref()?), Some(text)))
    }

    /// `CREATE INDEX …` on a table or materialised view; `how` is `CONCURRENTLY ` or nothing.
    pub(super) fn index_statement(&self, path: &str, index: &Index, how: &str) -> String {
        let unique = if index.kind.is_unique() { "UNIQUE " } else { "" };
        let name = index.name.as_deref().map(|name| format!("{} ", quote(name))).unwrap_or_default();
        let method = match index.method.as_deref() {
            Some(method) => format!(" USING {} ", method.to_uppercase()),
            None => String::new(),
        };
        let mut text = format!("CREATE {unique}INDEX {how}{name}ON {path}{method}({})", parts(&index.parts));
        text.push_str(&include(&index.include));
        if index.nulls_not_distinct {
            text.push_str(" NULLS NOT DISTINCT");
        }
        let storage = storage(&index.options);
        if !storage.is_empty() {
            text.push_str(&format!(" WITH ({})", storage.join(", ")));
        }
        if let Some(predicate) = &index.predicate {
            text.push_str(&format!(" WHERE {}", predicate.sql()));
        }
        text
    }

    pub(super) fn drop_index(&self, table: &QualifiedName, index: &Index) -> Vec<String> {
        let Some(name) = index.name.as_deref().filter(|_| !index.inherited) else { return Vec::new() };
        vec![if index.kind == IndexKind::UniqueConstraint {
            format!("ALTER TABLE {} DROP CONSTRAINT {}", self.path(table), quote(name))
        } else {
            format!("DROP INDEX {}{}", self.concurrently("IF EXISTS "), self.beside(table, name))
        }]
    }

    pub(super) fn set_partitioning(
        &self,
        table: &QualifiedName,
        from: Option<&Partitioning>,
        to: Option<&Partitioning>,
    ) -> Vec<String> {
        let path = self.path(table);
        let mut statements = Vec::new();
        match from {
            Some(Partitioning::PartitionOf { parent, .. }) => {
                statements.push(format!("ALTER TABLE {} DETACH PARTITION {path}", self.parent(table, parent)));
            }
            Some(Partitioning::Inherits(parents)) => statements.extend(
                parents.iter().map(|parent| format!("ALTER TABLE {path} NO INHERIT {}", self.parent(table, parent))),
            ),
            _ => {}
        }
        match to {
            Some(Partitioning::PartitionOf { parent, bounds, .. }) => {
                let parent = self.parent(table, parent);
                statements.push(format!("ALTER TABLE {parent} ATTACH PARTITION {path} {bounds}"));
            }
            Some(Partitioning::Inherits(parents)) => statements.extend(
                parents.iter().map(|parent| format!("ALTER TABLE {path} INHERIT {}", self.parent(table, parent))),
            ),
            _ => {}
        }
        statements
    }
}

/// Whether its rows are kept by another server, which the statements about it have to say.
pub(super) fn is_foreign(table: &Table) -> bool {
    table.options.contains_key("foreign_server")
}

/// `CONSTRAINT "x" `.
pub(super) fn named(name: Option<&str>) -> String {
    name.map(|name| format!("CONSTRAINT {} ", quote(name))).unwrap_or_default()
}

fn deferrable(deferrability: Deferrability) -> &'static str {
    match deferrability {
        Deferrability::NotDeferrable => "",
        Deferrability::InitiallyImmediate => " DEFERRABLE",
        Deferrability::InitiallyDeferred => " DEFERRABLE INITIALLY DEFERRED",
    }
}

/// `CONSTRAINT "x" PRIMARY KEY (…)`.
pub(super) fn primary_key(key: &PrimaryKey, separator: &str) -> String {
    let overlaps = if key.without_overlaps { " WITHOUT OVERLAPS" } else { "" };
    let storage = storage(&key.options);
    let storage = if storage.is_empty() { String::new() } else { format!(" WITH ({})", storage.join(", ")) };
    format!(
        "{}PRIMARY KEY ({}{overlaps}){}{storage}{}",
        named(key.name.as_deref()),
        key_columns(key, separator),
        include(&key.include),
        deferrable(key.deferrability)
    )
}

fn unique_constraint(index: &Index) -> String {
    let nulls = if index.nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" };
    let overlaps = if index.without_overlaps { " WITHOUT OVERLAPS" } else { "" };
    let columns: Vec<String> = index.columns().map(quote).collect();
    let storage = storage(&index.options);
    let storage = if storage.is_empty() { String::new() } else { format!(" WITH ({})", storage.join(", ")) };
    format!(
        "{}UNIQUE{nulls} ({}{overlaps}){}{storage}{}",
        named(index.name.as_deref()),
        columns.join(", "),
        include(&index.include),
        deferrable(index.deferrability)
    )
}

/// Whether a check can only be added to a table that is there.
fn is_behind(check: &Check) -> bool {
    check.not_valid && !check.inherited
}

/// `CONSTRAINT "x" CHECK (…)`.
pub(super) fn check(check: &Check) -> String {
    format!(
        "{}CHECK ({}){}{}{}",
        named(check.name.as_deref()),
        check.expression.sql(),
        if check.no_inherit { " NO INHERIT" } else { "" },
        if check.not_enforced { " NOT ENFORCED" } else { "" },
        if check.not_valid { " NOT VALID" } else { "" }
    )
}

/// `CONSTRAINT "x" EXCLUDE …`: the definition is the server's own text of it.
pub(super) fn exclusion(exclusion: &Exclusion) -> String {
    format!("{}{}", named(exclusion.name.as_deref()), exclusion.definition.sql())
}

fn parts(parts: &[IndexPart]) -> String {
    parts.iter().map(part).collect::<Vec<_>>().join(", ")
}

fn part(part: &IndexPart) -> String {
    let mut text = match &part.target {
        IndexTarget::Column(name) => quote(name),
        // Function calls need no parentheses, but never mind them.
        IndexTarget::Expression(expression) => format!("({})", expression.sql()),
    };
    if let Some(collation) = &part.collation {
        text.push_str(&format!(" COLLATE {}", collation_path(collation)));
    }
    if let Some(class) = &part.operator_class {
        text.push_str(&format!(" {class}"));
    }
    if part.order == SortOrder::Descending {
        text.push_str(" DESC");
    }
    match part.nulls {
        Some(NullsOrder::First) => text.push_str(" NULLS FIRST"),
        Some(NullsOrder::Last) => text.push_str(" NULLS LAST"),
        None => {}
    }
    text
}

/// Options that are storage parameters, and not facts of ours with a statement of their own.
fn storage(options: &BTreeMap<String, String>) -> Vec<String> {
    const OWN: &[&str] = &[
        "unlogged",
        "force_row_security",
        "foreign_server",
        "foreign_options",
        "of_type",
        "populated",
        "tablespace",
        "access_method",
    ];
    options
        .iter()
        .filter(|(name, _)| !OWN.contains(&name.as_str()))
        .map(|(name, value)| format!("{name} = {value}"))
        .collect()
}

/// `ALTER TABLE … SET (…)` and its like.
pub(super) fn set_options(path: &str, from: &BTreeMap<String, String>, to: &BTreeMap<String, String>) -> Vec<String> {
    let mut statements = Vec::new();
    let switch = |name: &str| (from.contains_key(name), to.contains_key(name));
    match switch("unlogged") {
        (false, true) => statements.push(format!("ALTER TABLE {path} SET UNLOGGED")),
        (true, false) => statements.push(format!("ALTER TABLE {path} SET LOGGED")),
        _ => {}
    }
    match switch("force_row_security") {
        (false, true) => statements.push(format!("ALTER TABLE {path} FORCE ROW LEVEL SECURITY")),
        (true, false) => statements.push(format!("ALTER TABLE {path} NO FORCE ROW LEVEL SECURITY")),
        _ => {}
    }
    let (old, new) = (storage(from), storage(to));
    let set: Vec<String> = new.into_iter().filter(|option| !old.contains(option)).collect();
    if !set.is_empty() {
        statements.push(format!("ALTER TABLE {path} SET ({})", set.join(", ")));
    }
    let reset: Vec<&str> = old
        .iter()
        .filter_map(|option| option.split_once(" = "))
        .map(|(name, _)| name)
        .filter(|name| !to.contains_key(*name))
        .collect();
    if !reset.is_empty() {
        statements.push(format!("ALTER TABLE {path} RESET ({})", reset.join(", ")));
    }
    statements
}
