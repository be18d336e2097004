//! Random schemas, written as models and read again: the same schema, on every dialect.
//!
//! Without a server and without Python: what the written models make of a database is for `rewritten.rs`.

use ormsync_dialect::Dialect;
use ormsync_diff::plan::physical;
use ormsync_schema::{DataType, Namespace, Schema};
use ormsync_sqlalchemy::{ReadOptions, read, write_models};
use proptest::prelude::*;

use crate::generator::{Dice, Flavour, schema};

/// What is written of a schema of this seed is read as the same schema.
fn stays_the_same(flavour: Flavour, seed: u64) -> Result<(), TestCaseError> {
    let dialect = ormsync_dialect::by_name(flavour.dialect()).unwrap();
    let server = flavour.server();
    let mut wanted = schema(&mut Dice::new(seed), flavour, Some(&server));
    // Models have no words for views.
    wanted.namespaces.values_mut().for_each(|content| content.views.clear());
    dialect.normalise(&mut wanted, Some(&server));
    let text = write_models(&wanted);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("models.py");
    std::fs::write(&path, &text).unwrap();
    let reading = read(&[path], &ReadOptions { dialect, server: Some(&server), default_namespace: None });
    prop_assert!(reading.diagnostics.is_empty(), "seed {seed}: {:#?}\n{text}", reading.diagnostics);
    let mut again = reading.schema;
    dialect.normalise(&mut again, Some(&server));
    let (wanted, again) = (facts(&wanted, dialect), facts(&again, dialect));
    let difference = first_difference(&wanted, &again);
    prop_assert!(wanted.namespaces == again.namespaces, "seed {seed}: {difference}\n\n{text}");
    Ok(())
}

/// What a database of the schema would hold; enum types that no column has are none of models'.
fn facts(schema: &Schema, dialect: &'static dyn Dialect) -> Schema {
    let mut schema = physical(schema, dialect);
    let types = schema.tables().flat_map(|(_, _, table)| table.columns.values()).map(|column| &column.data_type);
    let used: Vec<DataType> = types.cloned().collect();
    for (namespace, content) in &mut schema.namespaces {
        let home = namespace.clone();
        content.enums.retain(|name, _| used.contains(&DataType::Enum { namespace: home.clone(), name: name.clone() }));
    }
    schema.namespaces.retain(|_, content| *content != Namespace::default());
    schema
}

/// The first table that is another one, in full.
fn first_difference(wanted: &Schema, again: &Schema) -> String {
    for (namespace, name, table) in wanted.tables() {
        let other = again.table(namespace, name);
        if other != Some(table) {
            return format!("{table:#?}\n--- is read as\n{other:#?}");
        }
    }
    "the tables are alike".to_owned()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn postgresql(seed in any::<u64>()) {
        stays_the_same(Flavour::Postgresql, seed)?;
    }

    #[test]
    fn mysql(seed in any::<u64>()) {
        stays_the_same(Flavour::Mysql, seed)?;
    }

    #[test]
    fn mariadb(seed in any::<u64>()) {
        stays_the_same(Flavour::Mariadb, seed)?;
    }

    #[test]
    fn sqlite(seed in any::<u64>()) {
        stays_the_same(Flavour::Sqlite, seed)?;
    }
}
