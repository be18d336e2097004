//! What reading costs (parse, resolve, validate, lower): it must grow with the number of models, and no faster.
#![allow(missing_docs, reason = "the macros of criterion make undocumented functions")]

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ormsync_prisma::{ReadOptions, read};

/// A schema of so many models, each of 12 columns with a relation, a unique and an index: the one of `scripts/benchmark`.
fn schema(models: usize) -> String {
    let mut text = "datasource db {\n  provider = \"postgresql\"\n}\n".to_owned();
    for number in 0..models {
        let _ = write!(
            text,
            "\nmodel T{number} {{
  id Int @id @default(autoincrement())
  parentId Int?
  code String @unique @db.VarChar(40)
  name String
  note String?
  quantity Int @default(0)
  total BigInt
  amount Decimal @db.Decimal(18, 8)
  active Boolean @default(true)
  createdAt DateTime @default(now())
  payload Json?
  tags String[]
"
        );
        if number > 0 {
            let parent = (number - 1) / 2;
            let _ =
                writeln!(text, "  parent T{parent}? @relation(\"P{number}\", fields: [parentId], references: [id])");
        }
        for child in [2 * number + 1, 2 * number + 2].into_iter().filter(|child| *child < models) {
            let _ = writeln!(text, "  children{child} T{child}[] @relation(\"P{child}\")");
        }
        text.push_str("  @@index([name, createdAt])\n}\n");
    }
    text
}

fn reading(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let mut group = criterion.benchmark_group("read");
    group.sample_size(20);
    for models in [500, 5_000] {
        let path = folder.path().join(format!("{models}.prisma"));
        std::fs::write(&path, schema(models)).expect("a file can be written there");
        let options = ReadOptions::default();
        assert!(read(&path, &options).diagnostics.is_empty());
        group.throughput(Throughput::Elements(models as u64));
        group.bench_with_input(BenchmarkId::from_parameter(models), &path, |bencher, path| {
            bencher.iter(|| black_box(read(path, &options)));
        });
    }
    group.finish();
}

criterion_group!(benches, reading);
criterion_main!(benches);
