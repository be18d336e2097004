//! What `read` gives back: places, what is opaque, what is unsaid, and that errors do not hide the rest.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use ormsync_schema::{DataType, DefaultValue, Diagnostic, Fact, Origin, Place, Reading, Severity};

use crate::sources::Sources;
use crate::{DatasourceUrl, ReadOptions, datasource, read, read_sources};

fn read_text(text: &str) -> Reading {
    read_sources(Sources::of_text("prisma/schema.prisma", text), &ReadOptions::default())
}

fn with_provider(provider: &str, text: &str) -> Reading {
    read_text(&format!("datasource db {{\n  provider = \"{provider}\"\n}}\n{text}"))
}

fn slice<'r>(reading: &'r Reading, origin: &Origin) -> &'r str {
    let Place::File { path, span } = &origin.place else { panic!("no place in a file: {origin:?}") };
    reading.files.get(path).unwrap().slice(*span)
}

fn line(reading: &Reading, diagnostic: &Diagnostic) -> usize {
    let Place::File { path, span } = &diagnostic.origin.place else { return 0 };
    reading.files.get(path).unwrap().position(span.start).line
}

const SHOP: &str = "enum Status {
  OPEN   @map(\"open\")
  CLOSED
}

model User {
  id     Int     @id @default(autoincrement())
  email  String? @unique(map: \"mail\") @db.VarChar(200)
  orders Order[]

  @@map(\"users\")
}

model Order {
  id      String   @id @default(cuid())
  status  Status   @default(OPEN)
  rate    Decimal  @map(\"the_rate\") @db.Decimal(18, 8)
  at      DateTime @default(now()) @updatedAt
  userId  Int
  user    User     @relation(fields: [userId], references: [id])

  @@index([userId, at(sort: Desc)])
}
";

#[test]
fn facts_know_their_places() {
    let reading = with_provider("postgresql", SHOP);
    assert!(reading.diagnostics.is_empty(), "{:?}", reading.diagnostics);
    let order = reading.schema.table("public", "Order").unwrap();
    assert_eq!(slice(&reading, &order.origin), "model Order");
    let rate = &order.columns["the_rate"];
    assert_eq!(slice(&reading, &rate.origin), "rate    Decimal  @map(\"the_rate\") @db.Decimal(18, 8)");
    assert_eq!(slice(&reading, rate.place_of(Fact::ColumnType)), "Decimal  @map(\"the_rate\") @db.Decimal(18, 8)");
    assert_eq!(slice(&reading, rate.place_of(Fact::Nullability)), "Decimal");
    assert_eq!(slice(&reading, order.columns["status"].place_of(Fact::Default)), "@default(OPEN)");
    assert_eq!(slice(&reading, &order.indexes[0].origin), "@@index([userId, at(sort: Desc)])");
    assert_eq!(slice(&reading, &order.primary_key.as_ref().unwrap().origin), "@id");
    assert_eq!(slice(&reading, &order.foreign_keys[0].origin), "@relation(fields: [userId], references: [id])");
    let users = reading.schema.table("public", "users").unwrap();
    assert_eq!(slice(&reading, &users.indexes[0].origin), "@unique(map: \"mail\")");
    assert_eq!(users.indexes[0].name.as_deref(), Some("mail"));
    assert_eq!(slice(&reading, users.columns["id"].place_of(Fact::Identity)), "@default(autoincrement())");
}

#[test]
fn what_the_client_does_is_kept() {
    let reading = with_provider("postgresql", SHOP);
    let order = reading.schema.table("public", "Order").unwrap();
    assert_eq!(order.model.as_deref(), Some("Order"));
    assert_eq!(reading.schema.table("public", "users").unwrap().model.as_deref(), Some("User"));
    assert_eq!(order.columns["id"].client.default.as_deref(), Some("cuid()"));
    assert_eq!(order.columns["id"].default, None);
    assert_eq!(order.columns["at"].client.update.as_deref(), Some("@updatedAt"));
    assert_eq!(order.columns["the_rate"].client.attribute.as_deref(), Some("rate"));
    assert_eq!(order.columns["userId"].client.attribute, None);
    assert_eq!(order.columns["status"].client.enum_labels, Some(vec!["OPEN".to_owned(), "CLOSED".to_owned()]));
    assert_eq!(reading.schema.enum_type("public", "Status").unwrap().labels, ["open", "CLOSED"]);
}

#[test]
fn the_voice_depends_on_what_the_schema_says() {
    let reading = with_provider("postgresql", SHOP);
    for fact in [Fact::Check, Fact::Trigger, Fact::View, Fact::Extension, Fact::IndexPredicate, Fact::EnumLabelOrder] {
        assert!(!reading.schema.says(fact), "{fact:?}");
    }
    for fact in [Fact::Table, Fact::ColumnType, Fact::Default, Fact::Index, Fact::ForeignKey, Fact::EnumType] {
        assert!(reading.schema.says(fact), "{fact:?}");
    }
    let reading = read_text(
        "generator g {\n  provider = \"x\"\n  previewFeatures = [\"views\", \"partialIndexes\", \"postgresqlExtensions\"]\n}\n\
         datasource db {\n  provider = \"postgresql\"\n  extensions = [citext]\n}\nview V {\n  id Int @unique\n}\n",
    );
    assert!(reading.diagnostics.is_empty(), "{:?}", reading.diagnostics);
    for fact in [Fact::View, Fact::Extension, Fact::IndexPredicate] {
        assert!(reading.schema.says(fact), "{fact:?}");
    }
    assert!(reading.schema.namespaces["public"].views["V"].columns.contains_key("id"));
}

/// Nine times in one real schema: a native type that the field's type does not go with.
#[test]
fn a_bad_native_type_hides_one_field_only() {
    let reading = with_provider(
        "mysql",
        "model A {\n  id Int @id\n  data String? @db.Json @map(\"the_data\")\n  name String @db.VarChar(20)\n  other String? @db.Json\n}\n",
    );
    let messages: Vec<_> = reading.diagnostics.iter().map(|d| (line(&reading, d), d.message.as_str())).collect();
    let message = "The native type `Json` of MySQL is for fields of type `Json`, not `String`.";
    assert_eq!(messages, [(6, message), (8, message)]);
    assert!(reading.diagnostics[0].help.as_ref().unwrap().contains("`data`"));
    let table = reading.schema.table("", "A").unwrap();
    assert_eq!(table.columns["the_data"].data_type, DataType::Unreadable("String? @db.Json".to_owned()));
    assert!(table.columns["the_data"].nullable);
    assert!(!table.columns["name"].data_type.is_unreadable());
    assert!(table.primary_key.is_some());
}

#[test]
fn what_cannot_be_read_is_opaque_and_named() {
    let reading = with_provider(
        "postgresql",
        "model A {\n  id Int @id\n  lost Int = 5\n  @@index([id], nonsense\n  x Foo\n}\nmodel B { id Int @id }\nmodel C {\n  id Int @id\n  aid Int\n  a A @relation(fields: [aid], references: [lost])\n}\n",
    );
    let table = reading.schema.table("public", "A").unwrap();
    let opaque: Vec<_> = table.opaque.iter().map(|part| (part.fact, part.name.as_deref())).collect();
    assert_eq!(opaque, [(Fact::Column, Some("lost")), (Fact::Index, None)]);
    assert_eq!(table.columns["x"].data_type, DataType::Unreadable("Foo".to_owned()));
    let blocks: Vec<_> = reading.schema.opaque.iter().map(|part| (part.fact, part.name.as_deref())).collect();
    assert_eq!(blocks, [(Fact::Table, Some("B"))]);
    let opaque: Vec<_> = reading.schema.table("public", "C").unwrap().opaque.iter().map(|part| part.fact).collect();
    assert_eq!(opaque, [Fact::ForeignKey]);
    // Nothing is said to be missing that may stand on a line that was not read.
    let mut codes: Vec<_> = reading.diagnostics.iter().map(|diagnostic| diagnostic.code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes, ["prisma-syntax", "prisma-type"]);
}

#[test]
fn defaults_that_are_not_said_or_not_understood() {
    let reading = with_provider(
        "postgresql",
        "model A {\n  id Int @id\n  a String @default(dbgenerated())\n  b Int @default(\"x\")\n  c Int[] @default([1, 2])\n}\n",
    );
    let table = reading.schema.table("public", "A").unwrap();
    assert_eq!(table.columns["a"].default, Some(DefaultValue::Unreadable("dbgenerated()".to_owned())));
    assert_eq!(table.columns["b"].default, Some(DefaultValue::Unreadable("\"x\"".to_owned())));
    assert!(table.columns["c"].nullable, "the engine writes no NOT NULL for lists");
    assert_eq!(reading.diagnostics.len(), 1);
}

#[test]
fn on_update_behind_a_default() {
    let model = "model A {\n  id Int @id\n  a DateTime @default(dbgenerated(\"now(3) on update now(3)\"))\n  b DateTime @default(dbgenerated(\"CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP\")) @db.Timestamp(0)\n  c String @default(dbgenerated(\"('x' ON UPDATE 'y')\"))\n}\n";
    let reading = with_provider("mysql", model);
    let columns = &reading.schema.table("", "A").unwrap().columns;
    for name in ["a", "b"] {
        assert!(matches!(columns[name].default, Some(DefaultValue::Now { .. })), "{name}: {:?}", columns[name].default);
        assert!(matches!(columns[name].on_update.as_deref(), Some(DefaultValue::Now { .. })), "{name}");
    }
    assert!(matches!(columns["c"].default, Some(DefaultValue::Unreadable(_))), "{:?}", columns["c"].default);
    assert_eq!(columns["c"].on_update, None);
    // Other servers have no such thing, so it is not guessed what they would make of it.
    let reading = with_provider("postgresql", model);
    assert!(matches!(
        reading.schema.table("public", "A").unwrap().columns["a"].default,
        Some(DefaultValue::Unreadable(_))
    ));
}

#[test]
fn a_provider_that_is_not_compared_gives_one_error() {
    for provider in ["sqlserver", "cockroachdb", "mongodb", "oracle"] {
        let reading = with_provider(provider, "model A {\n  id String @id @default(auto()) @db.ObjectId\n}\n");
        let messages: Vec<_> = reading.diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
        assert_eq!(messages.len(), 1, "{messages:?}");
        assert!(messages[0].contains(provider));
        assert!(reading.diagnostics[0].help.as_ref().unwrap().contains("postgresql, mysql and sqlite"));
    }
}

#[test]
fn the_namespace_of_the_url_is_taken() {
    let sources =
        Sources::of_text("s.prisma", "datasource db {\n  provider = \"postgresql\"\n}\nmodel A {\n  id Int @id\n}\n");
    let reading = read_sources(sources, &ReadOptions { default_namespace: Some("app".to_owned()) });
    assert!(reading.schema.table("app", "A").is_some());
    assert!(reading.schema.table("public", "A").is_none());
}

#[test]
fn folders_are_read_whole_and_files_alone() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir_all(at("models/deep")).unwrap();
    fs::create_dir_all(at("node_modules/x")).unwrap();
    fs::write(
        at("schema.prisma"),
        "datasource db {\n  provider  = \"mysql\"\n  url       = env(\"DATABASE_URL\")\n  directUrl = \"mysql://h/d\"\n  relationMode = \"prisma\"\n}\n???\n",
    )
    .unwrap();
    fs::write(at("models/a.prisma"), "model A {\n  id Int @id\n  b B[]\n}\n").unwrap();
    fs::write(
        at("models/deep/b.prisma"),
        "model B {\n  id Int @id\n  aid Int\n  a A @relation(fields: [aid], references: [id])\n}\n",
    )
    .unwrap();
    fs::write(at("node_modules/x/c.prisma"), "model C {\n  id Int @id\n}\n").unwrap();
    fs::write(at("notes.txt"), "model D {").unwrap();
    let reading = read(folder.path(), &ReadOptions::default());
    assert_eq!(reading.schema.tables().map(|(_, name, _)| name).collect::<Vec<_>>(), ["A", "B"]);
    assert_eq!(reading.diagnostics.len(), 1, "{:?}", reading.diagnostics);
    assert!(reading.schema.table("", "B").unwrap().foreign_keys.is_empty(), "relations are emulated");
    let found = datasource(folder.path()).unwrap();
    assert_eq!(found.provider, "mysql");
    assert_eq!(found.url, Some(DatasourceUrl::Environment("DATABASE_URL".to_owned())));
    assert_eq!(found.direct_url, Some(DatasourceUrl::Literal("mysql://h/d".to_owned())));
    assert_eq!(found.relation_mode.as_deref(), Some("prisma"));
    let alone = read(&at("schema.prisma"), &ReadOptions::default());
    assert_eq!(alone.schema.tables().count(), 0);
}

#[test]
fn files_that_cannot_be_read_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let check = |path: &Path, text: &str| {
        let reading = read(path, &ReadOptions::default());
        let diagnostic = &reading.diagnostics[0];
        assert_eq!((diagnostic.severity, diagnostic.code.as_str()), (Severity::Error, "prisma-file"));
        assert!(diagnostic.message.contains(text), "{}", diagnostic.message);
        assert!(diagnostic.help.is_some());
        assert_eq!(reading.diagnostics.len(), 1, "{:?}", reading.diagnostics);
    };
    check(&folder.path().join("missing.prisma"), "cannot be read");
    check(folder.path(), "no `.prisma` file");
    let binary = folder.path().join("binary.prisma");
    fs::write(&binary, [0x6d, 0xff, 0xfe]).unwrap();
    check(&binary, "not UTF-8");
    assert!(datasource(&folder.path().join("missing.prisma")).is_none());
}

/// Every schema among the fixtures.
fn fixtures() -> Vec<PathBuf> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut folders = vec![fixtures];
    let mut paths = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "prisma") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    paths
}

/// Wherever a schema ends too early, something is read and nothing panics.
#[test]
fn every_beginning_of_every_fixture_is_read() {
    let mut count = 0;
    for (number, path) in fixtures().iter().enumerate() {
        let text = fs::read_to_string(path).unwrap();
        // Each beginning costs its length; steps that fit no line's length come upon every form somewhere.
        let step = 1 + text.len() / 60;
        for end in (0..text.len()).step_by(step).filter(|end| text.is_char_boundary(*end)) {
            crate::syntax::parse(&text[..end]);
            count += 1;
            // The steps behind the syntax are slower, and see little that is new at each letter.
            if (number + end) % 256 == 0 {
                read_text(&text[..end]);
            }
        }
    }
    assert!(count > 50_000, "only {count} beginnings were read");
}

/// Whatever line is missing, doubled or cut in the middle, something is read and nothing panics.
#[test]
fn damaged_schemas_are_read() {
    let mut count = 0;
    for path in fixtures().iter().step_by(6) {
        let text = fs::read_to_string(path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for position in 0..lines.len() {
            let without: Vec<&str> = [&lines[..position], &lines[position + 1..]].concat();
            let doubled: Vec<&str> = [&lines[..=position], &lines[position..]].concat();
            let mut cut = lines.clone();
            cut[position] = &cut[position][..cut[position].floor_char_boundary(cut[position].len() / 2)];
            for damaged in [without, doubled, cut] {
                read_text(&damaged.join("\n"));
                count += 1;
            }
        }
    }
    assert!(count > 2_000, "only {count} damaged schemas were read");
}

#[test]
fn additions_of_prisma_8_are_notes() {
    let text = "datasource db {\n  provider = \"postgresql\"\n}\nmodel A {\n  id Int @id\n  n String @noCheck(membership)\n  \
                @@control(external)\n  @@check(\"id > 0\", name: \"c\")\n  @@rls\n}\n\
                policy_select own {\n  target = A\n  roles = [r]\n  using = \"true\"\n}\n";
    let reading = read_sources(Sources::of_text("schema.prisma", text), &ReadOptions::default());
    let told: Vec<_> = reading.diagnostics.iter().map(|it| (it.severity, it.message.as_str())).collect();
    let what = ["`@noCheck`", "`@@control`", "`@@check`", "`@@rls`", "`policy_select`"];
    assert_eq!(told.len(), what.len(), "{told:?}");
    for (told, what) in told.iter().zip(what) {
        assert_eq!(told.0, ormsync_schema::Severity::Note);
        assert_eq!(told.1, format!("{what} is of Prisma 8: it is passed over and not compared."));
    }
    assert_eq!(reading.schema.table("public", "A").unwrap().columns.len(), 2);
    assert!(reading.schema.opaque.is_empty());
}

#[test]
fn namespaces_and_named_types_of_prisma_8_are_read() {
    let text = "types {\n  Uuid = String @db.Uuid\n}\ndatasource db {\n  provider = \"postgresql\"\n}\n\
                namespace auth {\n  // users\n  model User {\n    id Uuid @id\n    kind Kind\n    notes billing.Note[]\n  }\n\
                  enum Kind {\n    A\n  }\n  policy_select own {\n    target = User\n  }\n}\n\
                namespace billing {\n  model Note {\n    id Int @id\n    userId Uuid\n    \
                user auth.User @relation(fields: [userId], references: [id])\n  }\n  model User {\n    id Int @id\n  }\n}\n";
    let reading = read_sources(Sources::of_text("schema.prisma", text), &ReadOptions::default());
    let all_notes = reading.diagnostics.iter().all(|it| it.severity == ormsync_schema::Severity::Note);
    assert!(all_notes, "{:?}", reading.diagnostics);
    let key = &reading.schema.table("billing", "Note").unwrap().foreign_keys[0];
    assert_eq!((key.referenced_namespace.as_str(), key.referenced_table.as_str()), ("auth", "User"));
    assert!(reading.schema.table("billing", "User").is_some());
    assert_eq!(reading.schema.enum_type("auth", "Kind").unwrap().labels, ["A"]);
    assert!(reading.schema.table("auth", "User").unwrap().columns["id"].data_type.is_unreadable());
}

#[test]
fn emulated_relations_are_written_again() {
    let text = "datasource db {\n  provider = \"mysql\"\n  relationMode = \"prisma\"\n}\nmodel A {\n  id Int @id\n  bId Int\n  \
                b B @relation(fields: [bId], references: [id])\n  tags Tag[]\n  @@index([bId])\n}\nmodel B {\n  id Int @id\n  as A[]\n}\n\
                model Tag {\n  id Int @id\n  as A[]\n}\n";
    let first = read_text(text).schema;
    let options = crate::WriteOptions { emulated_relations: true, ..crate::WriteOptions::default() };
    let written = crate::write_schema(&first, &options);
    assert!(written.contains("relationMode = \"prisma\"") && written.contains("@relation(fields: [bId]"), "{written}");
    assert!(!written.contains("model _AToTag"), "{written}");
    let again = read_text(&written);
    assert!(again.diagnostics.is_empty(), "{:?}\n{written}", again.diagnostics);
    assert_eq!(first, again.schema);
    assert!(!crate::write_schema(&first, &crate::WriteOptions::default()).contains("relationMode"));
}
