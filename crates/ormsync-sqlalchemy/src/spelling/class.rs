//! Whole tables: a declarative class, or a `Table` where a class can't be or needn't be.

use std::collections::BTreeSet;

use ormsync_schema::{Column, ForeignKey, Index, Origin, Partitioning};

use super::column::Inline;
use super::constraint::plain_columns;
use super::names;
use super::python::{Argument, INDENTATION, Import, LINE_WIDTH, Name, Python, sqlalchemy, string_literal};
use super::relationships::Relationship;
use super::words::{NamedConstraint, OptionWords};
use super::writer::{Place, Writer, keyword};

/// A table in Python, but for its name there.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    pub(super) place: Place<'a>,
    members: Vec<Member<'a>>,
    /// Constraints and indexes that no column says.
    constraints: Vec<Python>,
    /// Comment, schema and options by keyword.
    options: Vec<(String, Python)>,
    /// What could not be written, in words.
    left_out: Vec<String>,
    /// Whether a class stands for rows of it; else it is a `Table`.
    pub(super) is_class: bool,
    /// What the class says of other classes.
    pub(super) relationships: Vec<Relationship>,
}

#[derive(Debug)]
struct Member<'a> {
    column: &'a str,
    nullable: bool,
    arguments: Vec<Argument>,
    python: String,
}

impl Writer<'_> {
    /// Writes a table but for its name in Python.
    pub(super) fn draft<'a>(&self, place: Place<'a>) -> Draft<'a> {
        let table = place.table;
        let mut draft = Draft {
            place,
            members: Vec::new(),
            constraints: Vec::new(),
            options: self.table_options(place),
            left_out: Vec::new(),
            // A class needs a key that can be written.
            is_class: table.primary_key.as_ref().is_some_and(|key| self.primary_key(place, key).is_ok())
                && !is_association(place),
            relationships: Vec::new(),
        };
        let inline_key = self.key_said_by_columns(place);
        for (name, column) in &table.columns {
            let inline = Inline {
                name: (!draft.is_class).then_some(name),
                is_key: inline_key.contains(&name.as_str()),
                foreign_key: inline_foreign_key(place, name),
                unique: self.unique_said_by_column(place, name).is_some()
                    || self.index_said_by_column(place, name).is_some_and(|index| index.kind.is_unique()),
                index: self.index_said_by_column(place, name).is_some(),
                is_annotated: draft.is_class,
                ..Inline::default()
            };
            match self.column(place, name, column, &inline) {
                Ok(spelled) => draft.members.push(Member {
                    column: name,
                    nullable: column.nullable && !place.has_key_column(name),
                    arguments: spelled.arguments,
                    python: spelled.python,
                }),
                Err(why) => {
                    // Without its default it is a column still.
                    let bare = Column { default: None, on_update: None, identity: None, ..column.clone() };
                    let what = match self.column(place, name, &bare, &inline) {
                        Ok(spelled) => {
                            draft.members.push(Member {
                                column: name,
                                nullable: column.nullable && !place.has_key_column(name),
                                arguments: spelled.arguments,
                                python: spelled.python,
                            });
                            "the default of column"
                        }
                        Err(_) => "column",
                    };
                    draft.left_out.push(format!("{what} {}: {}", string_literal(name), why.0));
                }
            }
        }
        self.draft_constraints(&mut draft, &inline_key);
        draft
    }

    /// All that stands behind the columns.
    fn draft_constraints(&self, draft: &mut Draft<'_>, inline_key: &[&str]) {
        let place = draft.place;
        let table = place.table;
        let written: BTreeSet<&str> = draft.members.iter().map(|member| member.column).collect();
        let are_written = |columns: &[&str]| columns.iter().all(|column| written.contains(*column));
        if let Some(key) = table.primary_key.as_ref().filter(|_| inline_key.is_empty()) {
            match self.primary_key(place, key) {
                Ok(key) => draft.constraints.push(key),
                Err(why) => draft.left_out.push(format!("primary key: {}", why.0)),
            }
        }
        for key in &table.foreign_keys {
            let is_inline = key.columns.len() == 1
                && inline_foreign_key(place, &key.columns[0]).is_some_and(|inline| std::ptr::eq(inline, key));
            let names: Vec<&str> = key.columns.iter().map(String::as_str).collect();
            let columns = names.join(", ");
            if !are_written(&names) {
                draft.left_out.push(format!("foreign key ({columns}): its column has no type"));
            } else if !is_inline {
                match self.foreign_key_constraint(place, key) {
                    Ok(key) => draft.constraints.push(key),
                    Err(why) => draft.left_out.push(format!("foreign key ({columns}): {}", why.0)),
                }
            }
        }
        for index in table.indexes.iter().filter(|index| !index.implicit) {
            let is_inline = matches!(plain_columns(&index.parts).as_deref(), Some([column])
                if self.unique_said_by_column(place, column).is_some_and(|inline| std::ptr::eq(inline, index))
                    || self.index_said_by_column(place, column).is_some_and(|inline| std::ptr::eq(inline, index)));
            let columns: Vec<&str> = index.columns().collect();
            if !are_written(&columns) {
                draft.left_out.push(format!("index ({}): its column has no type", columns.join(", ")));
            } else if !is_inline {
                draft.constraints.push(self.index(place, index));
            }
        }
        for check in &table.checks {
            match self.check(place, check) {
                Ok(check) => draft.constraints.push(check),
                Err(why) => {
                    let name = check.name.as_deref().unwrap_or(&check.expression.text);
                    draft.left_out.push(format!("check {}: {}", string_literal(name), why.0));
                }
            }
        }
        for exclusion in &table.exclusions {
            match self.exclusion(exclusion) {
                Some(exclusion) => draft.constraints.push(exclusion),
                None => {
                    let text = exclusion.definition.text.replace('\n', " ");
                    draft.left_out.push(format!("exclusion constraint: {text}"));
                }
            }
        }
    }

    /// The key's columns, where `primary_key=True` in each says the same as the constraint.
    fn key_said_by_columns<'a>(&self, place: Place<'a>) -> Vec<&'a str> {
        let Some(key) = &place.table.primary_key else { return Vec::new() };
        let Some(columns) = plain_columns(&key.parts) else { return Vec::new() };
        let in_table_order = place.table.columns.keys().map(String::as_str).filter(|name| columns.contains(name));
        let has_chosen_name =
            self.chosen_name(NamedConstraint::PrimaryKey, place, key.name.as_deref(), &columns).is_some();
        if !has_chosen_name && in_table_order.eq(columns.iter().copied()) { columns } else { Vec::new() }
    }

    /// The unique constraint that `unique=True` in a column says.
    fn unique_said_by_column<'a>(&self, place: Place<'a>, column: &str) -> Option<&'a Index> {
        place.table.indexes.iter().find(|index| {
            let plain = Index {
                name: index.name.clone(),
                origin: index.origin.clone(),
                ..Index::on_columns(index.kind, None, [column.to_owned()], Origin::default())
            };
            self.is_constraint(index)
                && **index == plain
                && self.chosen_name(NamedConstraint::Unique, place, index.name.as_deref(), &[column]).is_none()
        })
    }

    /// The index that `index=True` in a column says.
    fn index_said_by_column<'a>(&self, place: Place<'a>, column: &str) -> Option<&'a Index> {
        // Both words together are a unique index.
        if self.unique_said_by_column(place, column).is_some() {
            return None;
        }
        place.table.indexes.iter().filter(|index| !index.implicit).find(|index| {
            let plain = Index {
                name: index.name.clone(),
                origin: index.origin.clone(),
                ..Index::on_columns(index.kind, None, [column.to_owned()], Origin::default())
            };
            !self.is_constraint(index) && **index == plain && self.has_usual_name(place, index)
        })
    }

    /// Comment, schema and storage options of a table.
    pub(super) fn table_options(&self, place: Place<'_>) -> Vec<(String, Python)> {
        let table = place.table;
        let mut options = Vec::new();
        if let Some(schema) = self.schema_word(place.namespace) {
            options.push(("schema".to_owned(), Python::text(schema)));
        }
        if let Some(comment) = &table.comment {
            options.push(("comment".to_owned(), Python::text(comment)));
        }
        for (option, words) in self.words.options {
            match (table.options.get(*option), words) {
                (None, _) => {}
                (Some(value), OptionWords::Text(word)) => options.push(((*word).to_owned(), Python::text(value))),
                (Some(_), OptionWords::Switch(word, on)) => options.push(((*word).to_owned(), Python::Boolean(*on))),
            }
        }
        if let Some(Partitioning::PartitionedBy(by)) = &table.partitioning {
            options.push((format!("{}_partition_by", self.words.dialect), Python::text(by)));
        }
        options
    }
}

/// The foreign key that a column says: the first of those it has alone.
pub(super) fn inline_foreign_key<'a>(place: Place<'a>, column: &str) -> Option<&'a ForeignKey> {
    place.table.foreign_keys.iter().find(|key| key.columns == [column] && key.referenced_columns.len() <= 1)
}

/// Whether a table only ties others together: every column refers to one and is part of the key.
fn is_association(place: Place<'_>) -> bool {
    let table = place.table;
    let refers = |name: &String, _: &Column| table.foreign_keys.iter().any(|key| key.columns.contains(name));
    table.columns.len() >= 2
        && table.columns.iter().all(|(name, column)| refers(name, column) && place.has_key_column(name))
}

impl<'a> Draft<'a> {
    /// What has to be imported.
    pub(super) fn imports(&self, into: &mut BTreeSet<Import>) {
        self.imports_of_parts(into);
        if !self.is_class {
            into.insert(Import::From("sqlalchemy", "Column".to_owned()));
            into.insert(Import::From("sqlalchemy", "Table".to_owned()));
            return;
        }
        into.insert(Import::From("sqlalchemy.orm", "Mapped".to_owned()));
        let has_call = |((column, attribute), member): (&(&str, String), &Member<'_>)| {
            attribute != column || !member.arguments.is_empty()
        };
        if self.attributes().iter().zip(&self.members).any(has_call) {
            into.insert(Import::From("sqlalchemy.orm", "mapped_column".to_owned()));
        }
    }

    /// What columns, constraints, options and relationships need.
    fn imports_of_parts(&self, into: &mut BTreeSet<Import>) {
        let arguments = self.members.iter().flat_map(|member| &member.arguments);
        Python::call(Name::local(""), arguments.cloned().collect()).imports(into);
        self.constraints.iter().for_each(|constraint| constraint.imports(into));
        if self.is_class {
            for member in &self.members {
                annotation_imports(&member.python, into);
            }
            self.relationships.iter().for_each(|relationship| relationship.call().imports(into));
        }
    }

    /// The Python text.
    pub(super) fn write(&self, name: &str) -> String {
        if self.is_class { self.write_class(name) } else { self.write_table(name) }
    }

    fn write_class(&self, name: &str) -> String {
        let indentation = " ".repeat(INDENTATION);
        let mut text =
            format!("class {name}(Base):\n{indentation}__tablename__ = {}\n", string_literal(self.place.name));
        if let Some(arguments) = self.table_arguments() {
            text.push_str(&format!("{indentation}__table_args__ = {arguments}\n"));
        }
        text.push('\n');
        self.write_left_out(&mut text, &indentation);
        for (member, (_, attribute)) in self.members.iter().zip(self.attributes()) {
            let mut arguments = member.arguments.clone();
            if attribute != member.column {
                arguments.insert(0, Argument::Positional(Python::text(member.column)));
            }
            let optional = if member.nullable { " | None" } else { "" };
            let call = Python::call(Name::of("sqlalchemy.orm", "mapped_column"), arguments);
            text.push_str(&attribute_line(&attribute, &format!("{}{optional}", member.python), &call));
        }
        if !self.relationships.is_empty() {
            text.push('\n');
        }
        for relationship in &self.relationships {
            let Relationship { attribute, annotation, .. } = relationship;
            text.push_str(&attribute_line(attribute, annotation, &relationship.call()));
        }
        text
    }

    /// The columns with the attributes that stand for them.
    pub(super) fn attributes(&self) -> Vec<(&'a str, String)> {
        let columns: Vec<&str> = self.members.iter().map(|member| member.column).collect();
        let attributes = names::attributes(&columns, &self.taken_names());
        columns.into_iter().zip(attributes).collect()
    }

    /// `__table_args__`: a tuple, a dictionary, or a tuple that ends in a dictionary.
    fn table_arguments(&self) -> Option<String> {
        let options = (!self.options.is_empty()).then(|| Python::Dictionary(self.options.clone()));
        let column = INDENTATION + "__table_args__ = ".len();
        if self.constraints.is_empty() {
            return Some(options?.write(INDENTATION, column, 0));
        }
        let tuple = Python::Tuple(self.constraints.iter().cloned().chain(options).collect());
        Some(tuple.write_expanded(INDENTATION, column))
    }

    /// Names that the text uses: no attribute may hide them, nor the name of the whole.
    pub(super) fn taken_names(&self) -> BTreeSet<String> {
        let mut imports = BTreeSet::new();
        self.imports_of_parts(&mut imports);
        let mut names: BTreeSet<String> = imports
            .into_iter()
            .map(|import| match import {
                Import::Module(module) => module.to_owned(),
                Import::From(_, name) => name,
            })
            .collect();
        names.extend(["Base", "Mapped", "mapped_column", "relationship"].map(str::to_owned));
        for member in &self.members {
            names.extend(words(&member.python).map(|word| word.split('.').next().unwrap_or_default().to_owned()));
        }
        names
    }

    fn write_table(&self, name: &str) -> String {
        let mut arguments = vec![
            Argument::Positional(Python::text(self.place.name)),
            Argument::Positional(Python::Verbatim("Base.metadata".to_owned())),
        ];
        for member in &self.members {
            let column = Python::call(sqlalchemy("Column"), member.arguments.clone());
            arguments.push(Argument::Positional(column));
        }
        arguments.extend(self.constraints.iter().cloned().map(Argument::Positional));
        arguments.extend(self.options.iter().map(|(word, value)| keyword(word, value.clone())));
        let mut text = String::new();
        self.write_left_out(&mut text, "");
        let call = Python::call(sqlalchemy("Table"), arguments);
        text.push_str(&format!("{name} = {}\n", call.write_expanded(0, 0)));
        text
    }

    fn write_left_out(&self, text: &mut String, indentation: &str) {
        for sentence in &self.left_out {
            let sentence: String =
                sentence.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
            text.push_str(&format!("{indentation}# Not written: {sentence}.\n"));
        }
    }
}

/// `attribute: Mapped[annotation] = call(…)` in a class, broken as `ruff format` breaks it: in the call; else the call
/// goes between parentheses; else the annotation is broken.
fn attribute_line(attribute: &str, annotation: &str, call: &Python) -> String {
    let indentation = " ".repeat(INDENTATION);
    if matches!(call, Python::Call { arguments, .. } if arguments.is_empty()) {
        return format!("{indentation}{attribute}: Mapped[{annotation}]\n");
    }
    let start = format!("{indentation}{attribute}: Mapped[{annotation}] = ");
    let column = start.chars().count();
    let flat = call.flat();
    let opening = flat.find('(').map_or(flat.len(), |at| at + 1);
    if column + flat.chars().count() <= LINE_WIDTH || column + opening <= LINE_WIDTH {
        return format!("{start}{}\n", call.write(INDENTATION, column, 0));
    }
    let inner = INDENTATION + INDENTATION;
    if column < LINE_WIDTH {
        return format!("{start}(\n{indentation}{indentation}{}\n{indentation})\n", call.write(inner, inner, 0));
    }
    let last = format!("{indentation}] = ");
    let call = call.write(INDENTATION, last.len(), 0);
    format!("{indentation}{attribute}: Mapped[\n{indentation}{indentation}{annotation}\n{last}{call}\n")
}

/// The dotted names in an annotation.
fn words(annotation: &str) -> impl Iterator<Item = &str> {
    annotation.split(|letter: char| !letter.is_alphanumeric() && letter != '.' && letter != '_')
}

/// What an annotation needs: `datetime.date`, `list[uuid.UUID]`, `Any`.
fn annotation_imports(annotation: &str, into: &mut BTreeSet<Import>) {
    for word in words(annotation) {
        match word.split_once('.') {
            Some(("datetime", _)) => into.insert(Import::Module("datetime")),
            Some(("decimal", _)) => into.insert(Import::Module("decimal")),
            Some(("uuid", _)) => into.insert(Import::Module("uuid")),
            _ if word == "Any" => into.insert(Import::From("typing", "Any".to_owned())),
            _ => false,
        };
    }
}
