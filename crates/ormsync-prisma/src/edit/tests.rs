#![allow(clippy::unwrap_used)]

use super::{Edit, EditError, edit};

const SCHEMA: &str = "// head\nmodel User {\n  /// the key\n  id    Int     @id @default(autoincrement()) // trailing\n  /// gone with it\n  email String? @unique(map: \"u\") @db.VarChar(10)\n  plain String\n\n  @@index([email, id], map: \"i\")\n  @@index([id])\n}\n\nenum Role { // odd\n  A\n\n  B @map(\"b\") // last\n}\n";

fn text(value: &str) -> String {
    value.to_owned()
}

/// Makes one edit, and checks that the only change of the text is this one.
#[track_caller]
fn check(edits: &[Edit], from: &str, to: &str) {
    assert!(SCHEMA.matches(from).count() == 1, "{from:?} is not once in the schema");
    let wanted = SCHEMA.replacen(from, to, 1);
    assert_eq!(edit(SCHEMA, edits).unwrap(), wanted);
    let windows = SCHEMA.replace('\n', "\r\n");
    assert_eq!(edit(&windows, edits).unwrap(), wanted.replace('\n', "\r\n"));
}

fn at_field(field: &str) -> (String, Option<String>) {
    (text("User"), Some(text(field)))
}

#[test]
fn types() {
    let set = |field: &str, to: &str| Edit::SetType { block: text("User"), field: text(field), to: text(to) };
    check(&[set("email", "Bytes")], "email String?", "email Bytes");
    check(&[set("plain", "Int[]")], "plain String", "plain Int[]");
}

#[test]
fn attributes_of_fields() {
    let (block, field) = at_field("email");
    let replace = |from: &str, to: &str| Edit::ReplaceAttribute {
        block: block.clone(),
        field: field.clone(),
        from: text(from),
        to: text(to),
    };
    check(&[replace("db.VarChar", "@db.Text")], "@db.VarChar(10)", "@db.Text");
    check(&[replace("@unique(map: \"u\")", "@id")], "@unique(map: \"u\")", "@id");
    let remove = |attribute: &str| Edit::RemoveAttribute {
        block: block.clone(),
        field: field.clone(),
        attribute: text(attribute),
    };
    check(&[remove("unique")], " @unique(map: \"u\")", "");
    check(&[remove("@db.VarChar")], " @db.VarChar(10)", "");
    let add = |block: &str, field: &str, attribute: &str| Edit::AddFieldAttribute {
        block: text(block),
        field: text(field),
        attribute: text(attribute),
    };
    check(&[add("User", "id", "@map(\"x\")")], "()) // trailing", "()) @map(\"x\") // trailing");
    check(&[add("Role", "A", "@map(\"a\")")], "  A\n", "  A @map(\"a\")\n");
}

#[test]
fn attributes_of_blocks() {
    let remove = Edit::RemoveAttribute { block: text("User"), field: None, attribute: text("@@index([id])") };
    check(&[remove], "  @@index([id])\n", "");
    let by_name = Edit::RemoveAttribute { block: text("User"), field: None, attribute: text("index") };
    assert!(matches!(edit(SCHEMA, &[by_name]), Err(EditError::Ambiguous(_))));
    let add = |block: &str, attribute: &str| Edit::AddBlockAttribute { block: text(block), attribute: text(attribute) };
    check(&[add("User", "@@map(\"u\")")], "  @@index([id])\n", "  @@index([id])\n  @@map(\"u\")\n");
    check(&[add("Role", "@@map(\"r\")")], "// last\n", "// last\n\n  @@map(\"r\")\n");
}

#[test]
fn arguments() {
    let set = |field: Option<&str>, attribute: &str, argument: &str, value: &str| Edit::SetArgument {
        block: text("User"),
        field: field.map(text),
        attribute: text(attribute),
        argument: text(argument),
        value: text(value),
    };
    check(&[set(Some("email"), "unique", "map", "\"v\"")], "map: \"u\"", "map: \"v\"");
    check(&[set(Some("id"), "id", "map", "\"v\"")], "@id @", "@id(map: \"v\") @");
    check(&[set(None, "@@index([id])", "map", "\"v\"")], "@@index([id])", "@@index([id], map: \"v\")");
    let remove = |field: Option<&str>, attribute: &str, argument: &str| Edit::RemoveArgument {
        block: text("User"),
        field: field.map(text),
        attribute: text(attribute),
        argument: text(argument),
    };
    check(&[remove(Some("email"), "unique", "map")], "@unique(map: \"u\")", "@unique");
    check(&[remove(None, "@@index([email, id], map: \"i\")", "map")], ", map: \"i\"", "");
    assert!(matches!(edit(SCHEMA, &[remove(Some("id"), "id", "map")]), Err(EditError::Missing(_))));
}

#[test]
fn fields_and_values() {
    let add = |after: Option<&str>, attributes: &[&str]| Edit::AddField {
        block: text("User"),
        after: after.map(text),
        name: text("at"),
        field_type: text("DateTime"),
        attributes: attributes.iter().map(|attribute| text(attribute)).collect(),
    };
    check(&[add(None, &[])], "  plain String\n", "  plain String\n  at    DateTime\n");
    check(
        &[add(Some("id"), &["@default(now())", "@x"])],
        "// trailing\n",
        "// trailing\n  at    DateTime @default(now()) @x\n",
    );
    let remove = |field: &str| Edit::RemoveField { block: text("User"), field: text(field) };
    let gone = "  /// gone with it\n  email String? @unique(map: \"u\") @db.VarChar(10)\n";
    check(&[remove("email")], gone, "");
    let value = |after: Option<&str>| Edit::AddValue { block: text("Role"), after: after.map(text), value: text("C") };
    check(&[value(Some("A"))], "  A\n", "  A\n  C\n");
    check(&[value(None)], "// last\n", "// last\n  C\n");
}

#[test]
fn blocks() {
    let added = edit(SCHEMA, &[Edit::AddBlock { text: text("enum X {\n  Y\n}\n") }]).unwrap();
    assert_eq!(added, format!("{SCHEMA}\nenum X {{\n  Y\n}}\n"));
    let first = edit("", &[Edit::AddBlock { text: text("enum X {\n  Y\n}") }]).unwrap();
    assert_eq!(first, "enum X {\n  Y\n}\n");
    let empty = Edit::AddField {
        block: text("A"),
        after: None,
        name: text("a"),
        field_type: text("Int"),
        attributes: vec![text("@id")],
    };
    assert_eq!(edit("model A {\n}\n", &[empty]).unwrap(), "model A {\n  a Int @id\n}\n");
}

#[test]
fn several_at_once() {
    let remove = |field: &str| Edit::RemoveField { block: text("User"), field: text(field) };
    let set = Edit::SetType { block: text("User"), field: text("email"), to: text("Int") };
    assert!(matches!(edit(SCHEMA, &[remove("email"), set.clone()]), Err(EditError::Overlap(_))));
    assert!(matches!(edit(SCHEMA, &[set.clone(), set.clone()]), Err(EditError::Overlap(_))));
    let both = edit(SCHEMA, &[set, remove("plain")]).unwrap();
    assert_eq!(both, SCHEMA.replace("email String?", "email Int").replace("  plain String\n", ""));
}

#[test]
fn what_is_no_schema_is_refused() {
    let set = Edit::SetType { block: text("User"), field: text("email"), to: text("(((") };
    assert!(matches!(edit(SCHEMA, &[set]), Err(EditError::Broken(_))));
    let missing = Edit::RemoveField { block: text("Nobody"), field: text("x") };
    assert_eq!(edit(SCHEMA, &[missing]).unwrap_err().to_string(), "the block `Nobody` is not in this schema");
}
