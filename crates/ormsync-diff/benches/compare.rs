//! What comparing costs: it must grow with the number of tables, and no faster.
#![allow(missing_docs, reason = "the macros of criterion make undocumented functions")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use indexmap::IndexMap;
use ormsync_dialect::POSTGRESQL;
use ormsync_diff::{Options, Role, Source, compare};
use ormsync_schema::{Column, DataType, Index, IndexKind, Origin, PrimaryKey, Schema, Table};

const COLUMNS: usize = 12;

/// A schema of so many tables; every `drift`th table has a column of another type and lacks its index.
fn schema(tables: usize, drift: Option<usize>) -> Schema {
    let mut schema = Schema::new("postgresql");
    let public = schema.namespace_mut("public");
    for at in 0..tables {
        let drifted = drift.is_some_and(|drift| at % drift == 0);
        let columns: IndexMap<String, Column> = (0..COLUMNS)
            .map(|column| {
                let length = if drifted && column == 3 { 10 } else { 191 };
                let data_type = DataType::with_arguments("varchar", [length]);
                (format!("column_{column}"), Column::new(data_type, column != 0, Origin::nowhere()))
            })
            .collect();
        let index = |name: &str, column: &str| {
            Index::on_columns(IndexKind::Plain, Some(format!("{name}_{at}")), [column.to_owned()], Origin::nowhere())
        };
        let mut table = Table { columns, ..Table::default() };
        table.primary_key = Some(PrimaryKey {
            name: None,
            parts: index("key", "column_0").parts,
            origin: Origin::nowhere(),
            ..PrimaryKey::default()
        });
        if !drifted {
            table.indexes.push(index("first", "column_1"));
        }
        table.indexes.push(index("second", "column_2"));
        public.tables.insert(format!("table_{at}"), table);
    }
    schema
}

fn three_sources(criterion: &mut Criterion) {
    for (name, drift) in [("in step", None), ("every tenth table drifted", Some(10))] {
        let mut group = criterion.benchmark_group(format!("three sources, {name}"));
        for tables in [100, 1_000, 10_000] {
            let (agreed, other) = (schema(tables, None), schema(tables, drift));
            let source = |name: &'static str, role, schema| Source {
                name,
                kind: name,
                label: name,
                role,
                schema,
                spelling: None,
            };
            let sources = [
                source("left", Role::Declared, &agreed),
                source("right", Role::Declared, &other),
                source("database", Role::Live, &agreed),
            ];
            group.throughput(Throughput::Elements(tables as u64));
            group.sample_size(10);
            group.bench_function(BenchmarkId::from_parameter(tables), |bencher| {
                bencher.iter(|| compare(black_box(&sources), &POSTGRESQL, &Options::default()));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, three_sources);
criterion_main!(benches);
