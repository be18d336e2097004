//! `alembic_version`: how far a database has come, as a statement that another tool's migration can run, too.

use ormsync_dialect::Dialect;

/// The statement that brings `alembic_version` from one revision to another; none of either is the base, before the first
/// one. A database that is elsewhere is left alone. Nothing where both are the base.
pub fn move_version(dialect: &dyn Dialect, from: Option<&str>, to: Option<&str>) -> Option<String> {
    let text = |text: &str| dialect.quote_text(text);
    Some(match (from, to) {
        (Some(from), Some(to)) => {
            format!("UPDATE alembic_version SET version_num = {} WHERE version_num = {}", text(to), text(from))
        }
        (None, Some(to)) => format!(
            "INSERT INTO alembic_version (version_num) SELECT {} FROM (SELECT 1 AS one) AS nothing \
             WHERE NOT EXISTS (SELECT 1 FROM alembic_version)",
            text(to)
        ),
        (Some(from), None) => format!("DELETE FROM alembic_version WHERE version_num = {}", text(from)),
        (None, None) => return None,
    })
}
