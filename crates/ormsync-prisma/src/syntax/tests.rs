#![allow(clippy::unwrap_used)]

use std::time::Instant;

use super::tree::{Block, Document, ExpressionKind, ModelBlock};
use super::{Arity, parse};

fn model(document: &Document, position: usize) -> &ModelBlock {
    match &document.blocks[position] {
        Block::Model(model) => model,
        other => panic!("not a model: {other:?}"),
    }
}

fn messages(document: &Document) -> Vec<&str> {
    document.problems.iter().map(|problem| problem.message.as_str()).collect()
}

#[test]
fn every_part_has_its_place() {
    let text = "model A {\n  rate  Decimal? @db.Decimal(18, 8) @map(\"r\") // x\n  @@index([rate(sort: Desc)], map: \"i\")\n}\n";
    let document = parse(text);
    let model = model(&document, 0);
    let field = &model.fields[0];
    let slice = |span: ormsync_schema::Span| &text[span.start..span.end];
    assert_eq!(slice(model.head), "model A");
    assert_eq!(slice(field.span), "rate  Decimal? @db.Decimal(18, 8) @map(\"r\")");
    assert_eq!(slice(field.field_type.as_ref().unwrap().span), "Decimal?");
    assert_eq!(field.arity(), Arity::Optional);
    assert_eq!(slice(field.attributes[0].span), "@db.Decimal(18, 8)");
    assert_eq!(slice(field.attributes[0].arguments[1].span), "8");
    assert_eq!(slice(model.attributes[0].span), "@@index([rate(sort: Desc)], map: \"i\")");
    assert_eq!(slice(model.attributes[0].argument("map").unwrap().span), "map: \"i\"");
}

#[test]
fn bad_lines_do_not_hide_the_rest() {
    let document = parse(
        "hello\nworld\n\nmodel A {\n  id Int @id\n  ???\n  x Int\n  !!\n}\n\npolicy P {\n  a = 1\n}\nmodel B { id Int }\nmodel C {\n  id Int\n\nenum E {\n  A\n  B,\n  C\n}\n",
    );
    assert_eq!(
        messages(&document),
        [
            "This is not a block of a Prisma schema.",
            "This line is not a field or a block attribute.",
            "This line is not a field or a block attribute.",
            "`policy` does not open a block of a Prisma schema; it is left out.",
            "A model block may not stand on one line.",
            "This model block is never closed.",
            "This line is not an enum value or a block attribute.",
        ]
    );
    assert_eq!(model(&document, 0).fields.len(), 2);
    assert_eq!(model(&document, 0).bad_members.len(), 2);
    assert_eq!(model(&document, 1).name.text, "C");
    assert!(matches!(&document.blocks[2], Block::Enum(block) if block.values.len() == 2));
    assert_eq!(document.unreadable_blocks[0].1.text, "B");
}

#[test]
fn arguments_over_several_lines_are_read_and_reported() {
    let document = parse("model A {\n  id Int @id\n  @@index([\n    id,\n  ])\n  x Int\n}\n");
    assert_eq!(
        messages(&document),
        [
            "The arguments of an attribute may not go over several lines.",
            "There may be no comma behind the last element of a list.",
        ]
    );
    let model = model(&document, 0);
    assert_eq!(model.fields.len(), 2);
    let value = model.attributes[0].arguments[0].value.as_ref().unwrap();
    assert!(matches!(&value.kind, ExpressionKind::Array(elements) if elements.len() == 1));
}

#[test]
fn line_ends_marks_and_letters_of_all_kinds() {
    let document =
        parse("\u{FEFF}model Größe {\r\n  id Int @id /// ä 😀\r\n  s String @default(\"ä\\u00e4\\ud83d\\ude00\")\r\n}");
    assert_eq!(messages(&document), Vec::<&str>::new());
    let value = model(&document, 0).fields[1].attributes[0].arguments[0].value.as_ref().unwrap();
    assert_eq!(value.as_text(), Some("ää😀"));
}

#[test]
fn values_print_as_they_are_written() {
    let written = "@@x([a(sort: Desc), \"b \\\"c\\\" \\\\ \\n\"], where: { a: 1, b: { not: null } }, f(-1.5, g: []))";
    let document = parse(&format!("model A {{\n  {written}\n}}\n"));
    let attribute = &model(&document, 0).attributes[0];
    let arguments: Vec<String> = attribute.arguments.iter().map(ToString::to_string).collect();
    assert_eq!(format!("@@{}({})", attribute.name.text, arguments.join(", ")), written);
}

#[test]
fn nesting_is_bounded() {
    for (open, close) in [("[", "]"), ("f(", ")"), ("{a: ", "}")] {
        let deep = format!(
            "model A {{\n  id Int @id\n  x Int @y({}{})\n  z Int\n}}\n",
            open.repeat(100_000),
            close.repeat(100_000)
        );
        let document = parse(&deep);
        assert_eq!(messages(&document), ["This line nests more than 64 brackets."]);
        assert_eq!(model(&document, 0).fields.len(), 2);
    }
    assert_eq!(messages(&parse(&"model A {\n".repeat(50_000))).len(), 50_000);
    let lines = format!("model A {{\n{}", "  @@x([a(b: {\n".repeat(5_000));
    assert!(!parse(&lines).problems.is_empty());
}

#[test]
fn every_beginning_of_a_schema_parses() {
    let text = "datasource db {\n  provider = \"mysql\" // ä\n}\n/* b */\nenum E {\n  A @map(\"x\")\n}\nmodel A {\n  id Int @id @default(autoincrement())\n  e E? @default(A)\n  @@index([id(sort: Desc)], map: \"i\", where: { a: 1 })\n}\n";
    for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
        parse(&text[..end]);
        parse(&text[end..]);
    }
}

#[test]
fn comments_that_nothing_closes_end_with_their_line() {
    let document = parse("/* a */\nmodel A {\n  id Int @id /* b\n  s String @default(\"/*\") // /*\n}\n");
    assert_eq!(messages(&document), ["This comment is never closed."]);
    assert_eq!(model(&document, 0).fields.len(), 2);
    let value = model(&document, 0).fields[1].attributes[0].arguments[0].value.as_ref().unwrap();
    assert_eq!(value.as_text(), Some("/*"));
}

/// Twice the text takes about twice the time, however little of it is Prisma's language.
#[test]
fn time_is_linear() {
    let units = [
        "  x Int @default(1) @map(\"a\")\n",
        "@@index([a, b], map: \"x\"\n",
        "x @y([[[[[[\n",
        "a,\n",
        "/* \n",
        "\"\n",
        "model A {\n",
        "policy x {\n a\n",
        "{\n",
        "a b c d e f g h\n",
        "  @@x([a,\n",
        "// c\n",
        "\\\n",
        "@a(f(g: f(g: f(g: \n",
        "policy x {\n a\n\n",
        "model A { }\n",
        "enum A { a\n",
        "type A = b\n",
        "}\n\n",
        "x @y(\n",
        "x @y(a: [b, {c: \n",
        "  x String @default(\"\\q\")\n",
        "é\u{a0}",
    ];
    for unit in units {
        for prefix in ["", "model M {\n"] {
            // The best of several runs: this machine may have other work.
            let time = |count: usize| {
                let text = format!("{prefix}{}", unit.repeat(count));
                let run = || {
                    let start = Instant::now();
                    parse(&text);
                    start.elapsed().as_secs_f64()
                };
                (0..4).map(|_| run()).fold(f64::INFINITY, f64::min)
            };
            let (short, long) = (time(300).max(0.01), time(2_400));
            // Eight times the text; quadratic would be 64 times.
            assert!(long / short < 32.0, "{unit:?} after {prefix:?}: {short:.4} s, then {long:.4} s");
        }
    }
}

#[test]
fn a_block_that_nothing_follows_is_a_block() {
    let document = parse("enum E {\n  A\n}\nmodel A {");
    assert_eq!(messages(&document), ["This model block is never closed."]);
    assert_eq!(document.blocks.len(), 2);
}

#[test]
fn what_stands_behind_an_opening_brace_is_ignored() {
    let document = parse("model A { id Int }\n  id Int @id\n}\nenum E { A }\nenum F { B }{\n  A\n}\n");
    assert_eq!(messages(&document), ["A enum block may not stand on one line."]);
    assert_eq!(model(&document, 0).fields.len(), 1);
    assert!(matches!(&document.blocks[1], Block::Enum(block) if block.name.text == "F"));
}

/// A long schema is read in parts; that must not show.
#[test]
fn parts_are_read_as_the_whole_is() {
    let mut text = String::new();
    let blocks = [
        "model A {\n  id Int @id\n  x String[] @default([\"/x\"]) // model Z {\n}\n",
        "enum B { // x\n  a\n  b @map(\"c\")\n}\n",
        "model User {\n  id Int\n  bad line here !\n",
        "  view V {\n  @@map(\"v\")\n}\n",
        "modelC {\n}\n",
        "what is this\nmodel D { id Int }\r\n",
        "policy P {\n  a = 1\n  type T {\n}\n}\n",
        "datasource db {\r\n  provider = \"sqlite\"\r}\ngenerator g {\n}\n",
        "model E { // }\n  a Int @relation(fields: [\n  model F {\n  a])\n}\n",
    ];
    for round in 0..4_000 {
        text.push_str(blocks[(round * round + round / 7) % blocks.len()]);
    }
    for tail in ["", "/* a\nmodel X {\n*/\nmodel Y {\n  id Int /*\nmodel W {\n*/\n}\n"] {
        let text = format!("{text}{tail}{text}");
        let (parts, whole) = (super::parts::parse(&text), super::parse_part(&text, 0));
        let mut problems: Vec<_> = whole.problems.iter().map(|problem| (problem.span, &problem.message)).collect();
        problems.sort();
        let found: Vec<_> = parts.problems.iter().map(|problem| (problem.span, &problem.message)).collect();
        assert_eq!(found.len(), problems.len());
        assert!(found.iter().all(|problem| problems.binary_search(problem).is_ok()));
        assert_eq!(format!("{:?}", parts.blocks), format!("{:?}", whole.blocks));
        assert_eq!(parts.unreadable_blocks, whole.unreadable_blocks);
        assert_eq!(parts.has_bad_chunks, whole.has_bad_chunks);
        let is_datasource = |block: &&Block| matches!(block, Block::Configuration(block) if block.is_datasource);
        let datasources = super::parts::parse_datasources(&text);
        let expected: Vec<_> = whole.blocks.iter().filter(is_datasource).collect();
        let found: Vec<_> = datasources.blocks.iter().filter(is_datasource).collect();
        assert_eq!(format!("{found:?}"), format!("{expected:?}"));
    }
}
