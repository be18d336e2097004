//! Foreign keys and checks.

use std::collections::BTreeMap;

use ormsync_schema::{Check, Deferrability, Diagnostic, ForeignKey, MatchKind, Origin, ReferentialAction};

use super::{Assembly, origin};
use crate::CatalogueRows;
use crate::catalogue::Cells;

impl Assembly {
    /// Foreign keys of tables.
    pub(super) fn read_foreign_keys(&mut self, rows: &CatalogueRows) {
        let mut foreign_keys: BTreeMap<(&str, &str, &str), ForeignKey> = BTreeMap::new();
        for mut cells in Cells::of(rows, "key_columns") {
            let key @ (database, table, name) = (cells.text(), cells.text(), cells.text());
            let (column, referenced_database) = (cells.text(), cells.text());
            let (referenced_table, referenced_column) = (cells.text(), cells.text());
            let foreign_key = foreign_keys.entry(key).or_insert_with(|| ForeignKey {
                name: Some(name.to_owned()),
                columns: Vec::new(),
                referenced_namespace: self.namespace(referenced_database).to_owned(),
                referenced_table: referenced_table.to_owned(),
                referenced_columns: Vec::new(),
                on_delete: ReferentialAction::NoAction,
                on_update: ReferentialAction::NoAction,
                match_kind: MatchKind::Simple,
                deferrability: Deferrability::NotDeferrable,
                not_valid: false,
                origin: origin(&[database, table, name]),
                ..ForeignKey::default()
            });
            foreign_key.columns.push(column.to_owned());
            foreign_key.referenced_columns.push(referenced_column.to_owned());
        }
        for mut cells in Cells::of(rows, "referential_constraints") {
            let key = (cells.text(), cells.text(), cells.text());
            let Some(foreign_key) = foreign_keys.get_mut(&key) else { continue };
            foreign_key.on_delete = self.action(cells.text(), &foreign_key.origin);
            foreign_key.on_update = self.action(cells.text(), &foreign_key.origin);
        }
        for ((database, table, _), foreign_key) in foreign_keys {
            if let Some(table) = self.table_mut(database, table) {
                table.foreign_keys.push(foreign_key);
            }
        }
    }

    fn action(&mut self, words: &str, origin: &Origin) -> ReferentialAction {
        match words {
            "NO ACTION" => ReferentialAction::NoAction,
            "RESTRICT" => ReferentialAction::Restrict,
            "CASCADE" => ReferentialAction::Cascade,
            "SET NULL" => ReferentialAction::SetNull,
            "SET DEFAULT" => ReferentialAction::SetDefault,
            other => {
                self.diagnostics.push(Diagnostic::error(
                    "database-unknown-kind",
                    format!("the catalogue has the unknown referential action \"{other}\""),
                    origin.clone(),
                ));
                ReferentialAction::NoAction
            }
        }
    }

    /// Checks of tables, in either server's form.
    pub(super) fn read_checks(&mut self, rows: &CatalogueRows) {
        for mut cells in Cells::of(rows, "checks").chain(Cells::of(rows, "checks_mariadb")) {
            let (database, table_name, name) = (cells.text(), cells.text(), cells.text());
            let (level, enforced) = (cells.text(), cells.flag());
            let expression = self.expression(cells.text());
            let Some(table) = self.table_mut(database, table_name) else { continue };
            table.checks.push(Check {
                // A check at a column has no name of its own, but is told by the column's.
                column: (level == "Column").then(|| name.to_owned()),
                name: (level != "Column").then(|| name.to_owned()),
                expression,
                not_enforced: !enforced,
                not_valid: false,
                origin: origin(&[database, table_name, name]),
                ..Check::default()
            });
        }
    }
}
