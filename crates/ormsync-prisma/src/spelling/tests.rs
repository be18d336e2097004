#![allow(clippy::unwrap_used)]

use ormsync_schema::{ObjectKind, ObjectPath, Schema, Spelling};

use super::PrismaSpelling;
use crate::sources::Sources;
use crate::{ReadOptions, read_sources};

fn schema(provider: &str, text: &str) -> Schema {
    let text = format!(
        "generator g {{\n  provider = \"x\"\n  previewFeatures = [\"partialIndexes\"]\n}}\ndatasource db {{\n  provider = \"{provider}\"\n}}\n{text}"
    );
    let reading = read_sources(Sources::of_text("schema.prisma", &text), &ReadOptions::default());
    assert!(!reading.has_errors(), "{:?}", reading.diagnostics);
    reading.schema
}

fn spell(schema: &Schema, kind: ObjectKind, table: &str, name: &str) -> String {
    let path = ObjectPath::in_table(kind, "", table, name);
    PrismaSpelling.spell(schema, schema, &path).unwrap_or_else(|| panic!("{kind:?} {table}.{name} has no spelling"))
}

/// What is read is written the same.
#[test]
fn fields_come_back() {
    let lines = [
        "id        Int       @id @default(autoincrement())",
        "rate      Decimal   @db.Decimal(18, 8)",
        "plain     Decimal",
        "email     String    @unique",
        "name      String?   @default(\"it's\") @db.VarChar(100)",
        "code      String    @db.Char(3)",
        "active    Boolean   @default(true)",
        "count     Int       @default(-5) @db.SmallInt",
        "big       BigInt    @default(0)",
        "ratio     Float     @default(1.5)",
        "at        DateTime  @default(now()) @db.Timestamptz(3)",
        "changed   DateTime  @updatedAt",
        "token     String    @default(cuid())",
        "data      Json      @default(\"{}\")",
        "tags      String[]",
        "renamed   String    @map(\"re named\")",
        "key       String    @default(dbgenerated(\"gen()\")) @db.Uuid",
        "other     Int       @unique(map: \"o\")",
    ];
    let text = format!("model A {{\n{}\n}}\n", lines.map(|line| format!("  {line}")).join("\n"));
    let schema = schema("postgresql", &text);
    for line in lines {
        let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
        // What `dbgenerated` holds passes through the dialect, which may not know the function.
        if words.contains("dbgenerated") {
            continue;
        }
        let name = if words.starts_with("renamed") { "re named" } else { words.split(' ').next().unwrap() };
        assert_eq!(spell(&schema, ObjectKind::Column, "A", name), words);
    }
}

#[test]
fn keys_come_back() {
    let text = "model A {\n  id Int @id\n  a Int\n  b Int\n  @@unique([a, b])\n  @@index([b, a(sort: Desc)])\n  @@index([a], map: \"x\", type: Hash)\n  @@index([b], where: raw(\"b > 1\"))\n}\n";
    let schema = schema("postgresql", text);
    assert_eq!(spell(&schema, ObjectKind::Index, "A", "(a, b)"), "@@unique([a, b])");
    assert_eq!(spell(&schema, ObjectKind::Index, "A", "(b, a)"), "@@index([b, a(sort: Desc)])");
    assert_eq!(spell(&schema, ObjectKind::Index, "A", "(a)"), "@@index([a], type: Hash, map: \"x\")");
    assert_eq!(spell(&schema, ObjectKind::Index, "A", "(b)"), "@@index([b], where: raw(\"b > 1\"))");
}

#[test]
fn models_are_formatted() {
    let text = "enum Role {\n  USER\n  ADMIN @map(\"admin user\")\n}\nmodel User {\n  id Int @id\n  posts Post[]\n  @@map(\"users\")\n}\nmodel Post {\n  id Int @id\n  userId Int? @map(\"user_id\")\n  role Role\n  user User? @relation(fields: [userId], references: [id], onDelete: Cascade, map: \"fk\")\n  @@index([userId])\n}\n";
    let schema = schema("postgresql", text);
    let path = ObjectPath::table("", "Post");
    assert_eq!(
        PrismaSpelling.spell(&schema, &schema, &path).unwrap(),
        "model Post {\n  id     Int   @id\n  userId Int?  @map(\"user_id\")\n  role   Role\n  user   User? @relation(fields: [userId], references: [id], onDelete: Cascade, map: \"fk\")\n\n  @@index([userId])\n}"
    );
    assert_eq!(
        spell(&schema, ObjectKind::ForeignKey, "Post", "(user_id)"),
        "user User? @relation(fields: [userId], references: [id], onDelete: Cascade, map: \"fk\")"
    );
    let path = ObjectPath::named(ObjectKind::EnumType, "", "Role");
    assert_eq!(
        PrismaSpelling.spell(&schema, &schema, &path).unwrap(),
        "enum Role {\n  USER\n  admin_user @map(\"admin user\")\n}"
    );
}

#[test]
fn mysql_and_sqlite() {
    let schema_mysql = schema(
        "mysql",
        "model A {\n  id Int @id @db.UnsignedInt\n  a String @db.Char(36)\n  b Boolean @default(false)\n  t String @db.Text\n  @@index([t(length: 10)])\n  @@fulltext([t], map: \"ft\")\n}\n",
    );
    assert_eq!(spell(&schema_mysql, ObjectKind::Column, "A", "id"), "id Int @id @db.UnsignedInt");
    assert_eq!(spell(&schema_mysql, ObjectKind::Column, "A", "a"), "a String @db.Char(36)");
    assert_eq!(spell(&schema_mysql, ObjectKind::Column, "A", "b"), "b Boolean @default(false)");
    assert_eq!(spell(&schema_mysql, ObjectKind::Index, "A", "(t)"), "@@index([t(length: 10)])");
    let schema_sqlite =
        schema("sqlite", "model A {\n  id Int @id @default(autoincrement())\n  p Unsupported(\"point\")?\n}\n");
    assert_eq!(spell(&schema_sqlite, ObjectKind::Column, "A", "id"), "id Int @id @default(autoincrement())");
    assert_eq!(spell(&schema_sqlite, ObjectKind::Column, "A", "p"), "p Unsupported(\"point\")?");
}
