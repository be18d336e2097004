#![allow(clippy::unwrap_used)]

use super::{Call, Edit, EditError, Which, edit_models};

const MODELS: &str = r#""""Docs."""

import sqlalchemy as sa
from sqlalchemy import Column, Integer, String  # what we need
from sqlalchemy.orm import (
    Mapped,
    mapped_column,  # columns
)


class Base(DeclarativeBase): pass


class Empty(Base):
    """Nothing yet."""


class Filler(Base):
    ...


# of people
@register
class User(Base):
    __tablename__ = "users"
    __table_args__ = (
        UniqueConstraint("a", "b"),  # first
        Index("i", "a"),
        {"comment": "c"},
    )

    # the key
    id: Mapped[int] = mapped_column(primary_key=True)  # trailing
    name = Column("Name", String(40), nullable=False,)
    long = sa.Column(
        (Integer),  # the type
        ForeignKey("x.id"),

        # why
        index=True  # last
    )
    late = deferred(Column(Text()))
    only: Mapped[str]
    plain = Column()
    a, b = 1, 2

    class Inner:
        x = mapped_column(Integer)


class Pair(Base):
    __table_args__ = (Index("p"), Index("q"))
    first = Column(Integer, **options); second = 1


class Options(Base):
    __table_args__ = {"schema": "s"}
    x = Column(Integer)


class Computed(Base):
    @declared_attr
    def __table_args__(cls):
        return ()

    x = Column(Integer)


tags = Table("tags", metadata, Column("id", Integer), Column("label", String(10), key="l"))
"#;

fn text(value: &str) -> String {
    value.to_owned()
}

fn of(class: &str, attribute: &str) -> Call {
    Call::Attribute { class: text(class), attribute: text(attribute) }
}

fn set(call: Call, name: &str, value: &str) -> Edit {
    Edit::SetArgument { call, argument: Which::Keyword(text(name)), value: text(value) }
}

fn set_at(call: Call, position: usize, value: &str) -> Edit {
    Edit::SetArgument { call, argument: Which::Position(position), value: text(value) }
}

fn remove(call: Call, name: &str) -> Edit {
    Edit::RemoveArgument { call, argument: Which::Keyword(text(name)) }
}

fn remove_at(call: Call, position: usize) -> Edit {
    Edit::RemoveArgument { call, argument: Which::Position(position) }
}

fn add(class: &str, after: Option<&str>, line: &str) -> Edit {
    Edit::AddAttribute { class: text(class), after: after.map(text), text: text(line) }
}

/// Makes one edit, and checks that the only change of the text is this one, whatever its line ends and indentation.
#[track_caller]
fn check(edit: Edit, from: &str, to: &str) {
    assert!(MODELS.matches(from).count() == 1, "{from:?} is not once in the models");
    let wanted = MODELS.replacen(from, to, 1);
    assert_eq!(edit_models(MODELS, std::slice::from_ref(&edit)).unwrap(), wanted);
    let windows = |text: &str| text.replace('\n', "\r\n");
    assert_eq!(edit_models(&windows(MODELS), std::slice::from_ref(&edit)).unwrap(), windows(&wanted));
    let bare = MODELS.trim_end();
    assert_eq!(edit_models(bare, std::slice::from_ref(&edit)).unwrap(), wanted.trim_end());
    if !wanted.contains("Base):\n    pass_on") {
        let tabs = |text: &str| text.replace("    ", "\t");
        assert_eq!(edit_models(&tabs(MODELS), &[edit]).unwrap().replace('\t', "    "), wanted);
    }
}

#[track_caller]
fn refused(edit: Edit) -> EditError {
    edit_models(MODELS, &[edit]).unwrap_err()
}

#[test]
fn arguments_are_set() {
    check(set(of("User", "name"), "nullable", "True"), "nullable=False,)", "nullable=True,)");
    check(set(of("User", "name"), "comment", "\"x\""), "nullable=False,)", "nullable=False, comment=\"x\",)");
    check(set(of("User", "id"), "index", "True"), "primary_key=True)", "primary_key=True, index=True)");
    check(
        set(of("User", "long"), "unique", "True"),
        "        index=True  # last\n",
        "        index=True,  # last\n        unique=True\n",
    );
    check(set_at(of("User", "long"), 0, "BigInteger"), "(Integer),  # the type", "BigInteger,  # the type");
    check(set_at(of("User", "late"), 0, "String(5)"), "Text()", "String(5)");
    check(set(of("User", "plain"), "index", "True"), "Column()", "Column(index=True)");
    check(set(of("User.Inner", "x"), "index", "True"), "mapped_column(Integer)", "mapped_column(Integer, index=True)");
    check(
        Edit::AddArgument { call: of("User", "name"), value: text("ForeignKey(\"u.id\")") },
        "String(40), nullable",
        "String(40), ForeignKey(\"u.id\"), nullable",
    );
    let column = Call::TableColumn { variable: text("tags"), column: text("label") };
    check(set(column, "key", "\"m\""), "key=\"l\"", "key=\"m\"");
    let table = Call::Table { variable: text("tags") };
    check(
        Edit::AddArgument { call: table.clone(), value: text("Index(\"t\", \"label\")") },
        "key=\"l\"))",
        "key=\"l\"), Index(\"t\", \"label\"))",
    );
    check(set(table, "schema", "\"s\""), "key=\"l\"))", "key=\"l\"), schema=\"s\")");
}

#[test]
fn arguments_are_removed() {
    check(remove(of("User", "name"), "nullable"), ", nullable=False,)", ",)");
    check(remove_at(of("User", "name"), 1), "String(40), ", "");
    check(remove(of("User", "id"), "primary_key"), "primary_key=True", "");
    check(remove(of("User", "long"), "index"), "        index=True  # last\n", "");
    check(remove_at(of("User", "long"), 0), "        (Integer),  # the type\n", "");
    check(remove_at(of("User", "late"), 0), "Text()", "");
    let column = Call::TableColumn { variable: text("tags"), column: text("label") };
    check(remove(column, "key"), ", key=\"l\"", "");
}

#[test]
fn attributes_change() {
    let annotate = |attribute: &str, to: &str| Edit::SetAnnotation {
        class: text("User"),
        attribute: text(attribute),
        to: text(to),
    };
    check(annotate("only", "Mapped[str | None]"), "Mapped[str]", "Mapped[str | None]");
    check(annotate("late", "Mapped[str]"), "late = ", "late: Mapped[str] = ");
    let value =
        |attribute: &str, to: &str| Edit::SetValue { class: text("User"), attribute: text(attribute), to: text(to) };
    check(value("only", "mapped_column()"), "Mapped[str]", "Mapped[str] = mapped_column()");
    check(value("late", "Column(Text)"), "deferred(Column(Text()))", "Column(Text)");
}

#[test]
fn attributes_come_and_go() {
    check(add("User", Some("id"), "x: Mapped[int]"), "  # trailing\n", "  # trailing\n    x: Mapped[int]\n");
    check(
        add("User", None, "x = Column(\n    Integer,\n)"),
        "    plain = Column()\n",
        "    plain = Column()\n    x = Column(\n        Integer,\n    )\n",
    );
    check(add("Empty", None, "x: Mapped[int]"), "yet.\"\"\"\n", "yet.\"\"\"\n    x: Mapped[int]\n");
    check(add("Filler", None, "x: Mapped[int]"), "    ...\n", "    x: Mapped[int]\n");
    check(add("Base", None, "x: Mapped[int]"), "(DeclarativeBase): pass", "(DeclarativeBase):\n    x: Mapped[int]");
    let remove =
        |class: &str, attribute: &str| Edit::RemoveAttribute { class: text(class), attribute: text(attribute) };
    check(remove("User", "id"), "    id: Mapped[int] = mapped_column(primary_key=True)  # trailing\n", "");
    check(remove("User", "only"), "    only: Mapped[str]\n", "");
    check(remove("User.Inner", "x"), "x = mapped_column(Integer)", "pass");
    assert!(matches!(refused(remove("Pair", "first")), EditError::Unclear(_)));
    assert!(matches!(refused(remove("User", "a")), EditError::Missing(_)));
}

#[test]
fn table_arguments_have_many_forms() {
    let add = |class: &str| Edit::AddTableArgument { class: text(class), value: text("Index(\"n\")") };
    check(add("User"), "        {\"comment\"", "        Index(\"n\"),\n        {\"comment\"");
    check(add("Pair"), "Index(\"q\"))", "Index(\"q\"), Index(\"n\"))");
    check(add("Options"), "{\"schema\": \"s\"}", "(Index(\"n\"), {\"schema\": \"s\"})");
    check(add("Filler"), "    ...\n", "    __table_args__ = (Index(\"n\"),)\n");
    assert!(matches!(refused(add("Computed")), EditError::Unclear(_)));
    let remove = |class: &str, value: &str| Edit::RemoveTableArgument { class: text(class), value: text(value) };
    check(
        remove("User", "UniqueConstraint('a', \"b\")").quoted(),
        "        UniqueConstraint(\"a\", \"b\"),  # first\n",
        "",
    );
    check(remove("Pair", "Index(\"p\")"), "(Index(\"p\"), Index(\"q\"))", "(Index(\"q\"),)");
    check(remove("Pair", "Index( \"q\" )"), "(Index(\"p\"), Index(\"q\"))", "(Index(\"p\"),)");
    assert!(matches!(refused(remove("Pair", "Index(\"r\")")), EditError::Missing(_)));
    let option = |class: &str, option: &str, value: &str| Edit::SetTableOption {
        class: text(class),
        option: text(option),
        value: text(value),
    };
    check(option("User", "comment", "\"d\""), "{\"comment\": \"c\"}", "{\"comment\": \"d\"}");
    check(option("User", "schema", "\"d\""), "{\"comment\": \"c\"}", "{\"comment\": \"c\", \"schema\": \"d\"}");
    check(option("Pair", "schema", "\"d\""), "Index(\"q\"))", "Index(\"q\"), {\"schema\": \"d\"})");
    check(option("Filler", "schema", "\"d\""), "    ...\n", "    __table_args__ = {\"schema\": \"d\"}\n");
}

impl Edit {
    /// The same with double quotes only.
    fn quoted(self) -> Self {
        match self {
            Self::RemoveTableArgument { class, value } => {
                Self::RemoveTableArgument { class, value: value.replace('\'', "\"") }
            }
            other => other,
        }
    }
}

#[test]
fn classes_come_and_go() {
    let class = "class New(Base):\n    x: Mapped[int]";
    let add = Edit::AddClass { text: text(class) };
    assert_eq!(edit_models(MODELS, std::slice::from_ref(&add)).unwrap(), format!("{MODELS}\n\n{class}\n"));
    assert_eq!(edit_models(MODELS.trim_end(), std::slice::from_ref(&add)).unwrap(), format!("{MODELS}\n\n{class}"));
    assert_eq!(edit_models("", std::slice::from_ref(&add)).unwrap(), format!("{class}\n"));
    let remove = |class: &str| Edit::RemoveClass { class: text(class) };
    check(remove("Empty"), "class Empty(Base):\n    \"\"\"Nothing yet.\"\"\"\n\n\n", "");
    check(remove("User.Inner"), "    class Inner:\n        x = mapped_column(Integer)\n\n\n", "");
    let mut after = edit_models(MODELS, &[add]).unwrap();
    after = edit_models(&after, &[remove("New")]).unwrap();
    assert_eq!(after, MODELS);
}

#[test]
fn imports_are_added_once() {
    let import = |module: &str, name: &str| Edit::AddImport { module: text(module), name: text(name) };
    check(import("sqlalchemy", "Text"), "Integer, String  #", "Integer, String, Text  #");
    check(
        import("sqlalchemy.orm", "deferred"),
        "    mapped_column,  # columns\n",
        "    mapped_column,  # columns\n    deferred,\n",
    );
    check(import("datetime", "date"), "# columns\n)\n", "# columns\n)\nfrom datetime import date\n");
    assert_eq!(edit_models(MODELS, &[import("sqlalchemy", "String")]).unwrap(), MODELS);
    assert_eq!(
        edit_models("\"\"\"D.\"\"\"\nx = 1\n", &[import("a", "b")]).unwrap(),
        "\"\"\"D.\"\"\"\nfrom a import b\nx = 1\n"
    );
    assert_eq!(edit_models("# c\nx = 1", &[import("a", "b")]).unwrap(), "# c\nfrom a import b\nx = 1");
}

#[test]
fn what_cannot_be_done_changes_nothing() {
    assert!(matches!(refused(set(of("User", "gone"), "a", "1")), EditError::Missing(_)));
    assert!(matches!(refused(set(of("Gone", "id"), "a", "1")), EditError::Missing(_)));
    assert!(matches!(refused(set(of("Pair", "first"), "a", "1")), EditError::Unclear(_)));
    assert!(matches!(refused(set(of("User", "only"), "a", "1")), EditError::Unclear(_)));
    assert!(matches!(refused(remove(of("User", "id"), "gone")), EditError::Missing(_)));
    assert!(matches!(refused(remove_at(of("User", "id"), 3)), EditError::Missing(_)));
    assert!(matches!(refused(set(of("User", "id"), "a", "(")), EditError::Broken(_)));
    let twice = [set(of("User", "name"), "nullable", "1"), remove(of("User", "name"), "nullable")];
    assert!(matches!(edit_models(MODELS, &twice), Err(EditError::Overlap(_))));
}

/// Several edits are found in the same text.
#[test]
fn edits_are_made_together() {
    let edits = [
        set(of("User", "name"), "comment", "\"a\""),
        set(of("User", "name"), "index", "True"),
        Edit::RemoveAttribute { class: text("User"), attribute: text("only") },
    ];
    let wanted = MODELS.replacen("nullable=False,)", "nullable=False, comment=\"a\", index=True,)", 1).replacen(
        "    only: Mapped[str]\n",
        "",
        1,
    );
    assert_eq!(edit_models(MODELS, &edits).unwrap(), wanted);
}

/// All Python files of the fixtures.
fn fixtures() -> Vec<(String, String)> {
    fn collect(folder: &std::path::Path, found: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, found);
            } else if path.extension().is_some_and(|it| it == "py") {
                found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let mut found = Vec::new();
    collect(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures"), &mut found);
    assert!(found.len() > 100);
    found
}

/// The class attributes of a module, by the names that edits take.
fn attributes(text: &str) -> Vec<(String, String)> {
    let parsed = super::source::parse(text);
    let mut found = Vec::new();
    super::find::walk(&parsed.syntax().body, "", &mut |prefix, statement| {
        let target = match statement {
            ruff_python_ast::Stmt::Assign(assignment) => assignment.targets.first(),
            ruff_python_ast::Stmt::AnnAssign(assignment) => Some(assignment.target.as_ref()),
            _ => None,
        };
        if let (Some(class), Some(name)) = (prefix.strip_suffix('.'), target.and_then(|it| it.as_name_expr())) {
            found.push((class.to_owned(), name.id.to_string()));
        }
    });
    found
}

/// In every fixture: an argument that is put in and taken out again leaves every byte as it was, and so does an
/// attribute; taking a keyword out and putting it back leaves the same Python.
#[test]
fn what_is_put_in_comes_out_again() {
    let mut made = 0;
    for (number, (path, models)) in fixtures().into_iter().enumerate() {
        // Each third with other line ends, each third without one at its end.
        let text = match number % 3 {
            0 => models,
            1 => models.replace('\n', "\r\n"),
            _ => models.trim_end().to_owned(),
        };
        for text in &[text] {
            for (class, attribute) in attributes(text) {
                let call = of(&class, &attribute);
                if let Ok(with) = edit_models(text, &[set(call.clone(), "ormsync", "('x',\n)")]) {
                    let without = edit_models(&with, &[remove(call, "ormsync")]).unwrap();
                    // A comma that was missing at the end of a line stays.
                    let same = without == *text || without.replace(",", "") == text.replace(",", "");
                    assert!(same, "{path}: {class}.{attribute}\n{without}");
                    made += 1;
                }
                if let Ok(with) = edit_models(text, &[add(&class, Some(&attribute), "ormsync: int = f(\n    1,\n)")]) {
                    let edit = Edit::RemoveAttribute { class: class.clone(), attribute: "ormsync".to_owned() };
                    assert_eq!(edit_models(&with, &[edit]).unwrap(), *text, "{path}: {class}.{attribute}");
                }
                let edit = Edit::RemoveAttribute { class: class.clone(), attribute: attribute.clone() };
                if let Ok(without) = edit_models(text, &[edit]) {
                    assert!(
                        without.len() < text.len() && !attributes(&without).contains(&(class, attribute)),
                        "{path}"
                    );
                }
            }
        }
    }
    assert!(made > 300, "{made}");
}

/// Only the fact that is meant changes in what the models stand for.
#[test]
fn only_the_meant_fact_changes() {
    let options = crate::ReadOptions { dialect: &ormsync_dialect::POSTGRESQL, server: None, default_namespace: None };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("models.py");
    let reading = |text: &str| {
        std::fs::write(&file, text).unwrap();
        crate::read(std::slice::from_ref(&file), &options)
    };
    let read = |text: &str| reading(text).schema;
    let mut changed = 0;
    for (path, text) in fixtures() {
        // One module of several: alone, it is not understood.
        // And SQLModel's `Field` has no comment.
        if text.contains("sqlmodel") || !reading(&text).diagnostics.is_empty() {
            continue;
        }
        let before = read(&text);
        let columns: Vec<(String, String)> = before
            .tables()
            .filter_map(|(_, _, table)| {
                let column = table.columns.iter().find(|(_, column)| column.comment.is_none())?;
                let attribute = column.1.client.attribute.clone().unwrap_or_else(|| column.0.clone());
                Some((table.model.clone()?, attribute))
            })
            .collect();
        for (class, attribute) in columns {
            let Ok(edited) = edit_models(&text, &[set(of(&class, &attribute), "comment", "'is new'")]) else {
                continue;
            };
            let mut after = read(&edited);
            let mut seen = 0;
            for namespace in after.namespaces.values_mut() {
                for table in namespace.tables.values_mut() {
                    for column in table.columns.values_mut().filter(|it| it.comment.as_deref() == Some("is new")) {
                        column.comment = None;
                        column.places.remove(&ormsync_schema::Fact::ColumnComment);
                        seen += 1;
                    }
                }
            }
            assert!(seen > 0, "{path}: {class}.{attribute}");
            after.unsaid.clone_from(&before.unsaid);
            for namespace in after.namespaces.values_mut() {
                namespace.tables.values_mut().for_each(|table| table.columns.values_mut().for_each(without_places));
            }
            let mut before = before.clone();
            for namespace in before.namespaces.values_mut() {
                namespace.tables.values_mut().for_each(|table| table.columns.values_mut().for_each(without_places));
            }
            assert!(after.namespaces == before.namespaces, "{path}: {class}.{attribute}");
            changed += 1;
        }
    }
    assert!(changed > 100, "{changed}");
}

fn without_places(column: &mut ormsync_schema::Column) {
    column.places.clear();
}
