//! A mutation: one fact of one source, changed.

use ormsync_schema::{Column, Fact, Index, Schema, Table};

/// What happens to the fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// It is there and goes.
    Removed,
    /// It is not there and comes.
    Added,
    /// It is there and becomes another.
    Changed,
}

/// The fact of a schema that a mutation changes, in words; none where it is not there.
type Value = Box<dyn Fn(&Schema) -> Option<String>>;

/// One changed fact, and what is to be said about it.
pub(crate) struct Mutation {
    /// What kind of change it is, in words.
    pub(crate) kind: &'static str,
    /// The rule that it falls under.
    pub(crate) rule: &'static str,
    /// Where it is to be found; an object that is called by its columns may be called by the old or the new ones.
    pub(crate) at: Vec<String>,
    /// What happens to the fact.
    pub(crate) shape: Shape,
    /// Whether the question is if a table or column is there.
    pub(crate) mapping: bool,
    /// Whether the object is there under another name afterwards.
    pub(crate) renamed: bool,
    /// The table and columns that take part, so that those with a drift of their own are left alone.
    pub(crate) touches: (String, Vec<String>),
    /// What a source must have words for to take part.
    pub(crate) facts: Vec<Fact>,
    /// The fact before.
    pub(crate) value: Value,
    /// The change.
    pub(crate) apply: Box<dyn Fn(&mut Schema)>,
}

/// A table by its names, and how paths call it.
#[derive(Clone, Debug)]
pub(crate) struct TablePlace {
    /// Its namespace.
    pub(crate) namespace: String,
    /// Its name.
    pub(crate) name: String,
    /// As findings write it.
    pub(crate) path: String,
}

impl TablePlace {
    /// The table in a schema.
    pub(crate) fn of<'s>(&self, schema: &'s Schema) -> Option<&'s Table> {
        schema.table(&self.namespace, &self.name)
    }

    /// The table in a schema, to change it.
    pub(crate) fn of_mut<'s>(&self, schema: &'s mut Schema) -> &'s mut Table {
        schema.namespace_mut(&self.namespace).tables.get_mut(&self.name).unwrap()
    }

    /// A change of the table as such.
    pub(crate) fn mutation(
        &self,
        (kind, rule, shape): (&'static str, &'static str, Shape),
        facts: &[Fact],
        value: impl Fn(&Table) -> Option<String> + 'static,
        apply: impl Fn(&mut Table) + 'static,
    ) -> Mutation {
        let (place, changed) = (self.clone(), self.clone());
        Mutation {
            kind,
            rule,
            at: vec![self.path.clone()],
            shape,
            mapping: false,
            renamed: false,
            touches: (self.path.clone(), Vec::new()),
            facts: facts.to_vec(),
            value: Box::new(move |schema| value(place.of(schema)?)),
            apply: Box::new(move |schema| apply(changed.of_mut(schema))),
        }
    }

    /// A change of a column.
    pub(crate) fn on_column(
        &self,
        name: &str,
        (kind, rule, shape): (&'static str, &'static str, Shape),
        fact: Fact,
        apply: impl Fn(&mut Column) + 'static,
    ) -> Mutation {
        let (wanted, changed) = (name.to_owned(), name.to_owned());
        let value = move |table: &Table| table.columns.get(&wanted).map(|column| told(column, fact));
        let mutation =
            self.mutation((kind, rule, shape), &[fact], value, move |table| apply(&mut table.columns[&changed]));
        Mutation {
            at: vec![format!("{}.{name}", self.path)],
            touches: (self.path.clone(), vec![name.to_owned()]),
            ..mutation
        }
    }

    /// A change of an index, which is found again by all that is said about it but its names.
    pub(crate) fn on_index(
        &self,
        index: &Index,
        (kind, rule, shape): (&'static str, &'static str, Shape),
        facts: &[Fact],
        apply: impl Fn(&mut Vec<Index>, usize) + 'static,
    ) -> Mutation {
        let (wanted, changed) = (index.clone(), index.clone());
        let compared = facts.to_vec();
        let find = move |table: &Table, wanted: &Index| table.indexes.iter().position(|other| same(other, wanted));
        let names = compared.contains(&Fact::ConstraintName);
        let value = move |table: &Table| {
            let found = &table.indexes[find(table, &wanted)?];
            Some(if names { format!("{:?}", found.name) } else { "there".to_owned() })
        };
        let mutation = self.mutation((kind, rule, shape), &compared, value, move |table| {
            let at = find(table, &changed).unwrap();
            apply(&mut table.indexes, at);
        });
        let columns: Vec<String> = index.columns().map(str::to_owned).collect();
        Mutation {
            at: vec![format!("{}({})", self.path, columns.join(", "))],
            touches: (self.path.clone(), columns),
            ..mutation
        }
    }

    /// Adds something that is not there. Sources that have the table and words for it take part.
    pub(crate) fn addition(
        &self,
        (kind, rule): (&'static str, &'static str),
        facts: &[Fact],
        (at, columns): (String, Vec<String>),
        apply: impl Fn(&mut Table) + 'static,
    ) -> Mutation {
        let there = |_: &Table| Some(String::new());
        let mutation = self.mutation((kind, rule, Shape::Added), facts, there, apply);
        Mutation { at: vec![at], touches: (self.path.clone(), columns), ..mutation }
    }
}

/// Whether two indexes are one by what they cover.
fn same(left: &Index, right: &Index) -> bool {
    left.parts == right.parts && left.kind == right.kind && left.method == right.method && !left.implicit
}

/// A fact of a column in words that are equal where the fact is.
fn told(column: &Column, fact: Fact) -> String {
    match fact {
        Fact::ColumnType => format!("{:?}", column.data_type),
        Fact::Nullability => column.nullable.to_string(),
        Fact::Default => format!("{:?}", column.default),
        Fact::OnUpdate => format!("{:?}", column.on_update),
        Fact::Identity => format!("{:?}", column.identity),
        Fact::Generated => format!("{:?}", column.generated),
        Fact::Collation => format!("{:?}", column.collation),
        Fact::ColumnComment => format!("{:?}", column.comment),
        _ => "there".to_owned(),
    }
}
