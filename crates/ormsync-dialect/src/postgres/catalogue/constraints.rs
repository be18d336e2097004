//! Foreign keys, checks and exclusion constraints.

use ormsync_schema::{
    Check, Diagnostic, Exclusion, Expression, ForeignKey, MatchKind, NotNull, Origin, ReferentialAction, Schema,
};

use super::indexes::read_deferrability;
use super::{origin, table_mut, unknown_kind};
use crate::CatalogueRows;
use crate::catalogue::Cells;
use crate::postgres::constraint_names::object_name;

/// Constraints of tables.
pub(super) fn read(rows: &CatalogueRows, schema: &mut Schema, diagnostics: &mut Vec<Diagnostic>) {
    for mut cells in Cells::of(rows, "constraints") {
        let (namespace, table_name, name, kind) = (cells.text(), cells.text(), cells.text(), cells.text());
        let Some(table) = table_mut(schema, namespace, table_name) else { continue };
        let origin = origin(&[namespace, table_name, name]);
        let mut foreign_key = read_foreign_key(&mut cells, &origin, diagnostics);
        let (valid, enforced, text) = (cells.flag(), cells.flag(), cells.text());
        foreign_key.set_on_delete = cells.list();
        foreign_key.period = cells.flag();
        let (no_inherit, inherited) = (cells.flag(), cells.flag());
        let name = Some(name.to_owned());
        match kind {
            "f" => {
                foreign_key.name = name;
                foreign_key.not_enforced = !enforced;
                foreign_key.not_valid = enforced && !valid;
                foreign_key.inherited = inherited;
                table.foreign_keys.push(foreign_key);
            }
            "c" => table.checks.push(Check {
                name,
                expression: Expression::written(text),
                not_enforced: !enforced,
                // What is not enforced is never validated either.
                not_valid: enforced && !valid,
                no_inherit,
                inherited,
                origin,
                ..Check::default()
            }),
            "n" => {
                let Some(column_name) = foreign_key.columns.first() else { continue };
                let usual = object_name(table_name, column_name, "not_null");
                let not_null = NotNull {
                    name: name.filter(|name| *name != usual),
                    not_valid: !valid,
                    no_inherit,
                    on_conflict: None,
                };
                if let Some(column) = table.columns.get_mut(column_name).filter(|_| not_null != NotNull::default()) {
                    column.not_null = Some(not_null.into());
                }
            }
            "x" => table.exclusions.push(Exclusion { name, definition: Expression::printed_by_server(text), origin }),
            other => diagnostics.push(unknown_kind("constraint", other, origin)),
        }
    }
}

/// What only foreign keys have; for other constraints the cells are NULL or blank.
fn read_foreign_key(cells: &mut Cells<'_>, origin: &Origin, diagnostics: &mut Vec<Diagnostic>) -> ForeignKey {
    let columns = cells.list();
    let (referenced_namespace, referenced_table) = (cells.text().to_owned(), cells.text().to_owned());
    let referenced_columns = cells.list();
    let mut action = |letter: &str| match letter.trim() {
        "a" | "" => ReferentialAction::NoAction,
        "r" => ReferentialAction::Restrict,
        "c" => ReferentialAction::Cascade,
        "n" => ReferentialAction::SetNull,
        "d" => ReferentialAction::SetDefault,
        other => {
            diagnostics.push(unknown_kind("referential action", other, origin.clone()));
            ReferentialAction::NoAction
        }
    };
    let (on_delete, on_update) = (action(cells.text()), action(cells.text()));
    let match_kind = if cells.text() == "f" { MatchKind::Full } else { MatchKind::Simple };
    ForeignKey {
        name: None,
        columns,
        referenced_namespace,
        referenced_table,
        referenced_columns,
        on_delete,
        on_update,
        match_kind,
        deferrability: read_deferrability(cells),
        not_valid: false,
        origin: origin.clone(),
        ..ForeignKey::default()
    }
}
