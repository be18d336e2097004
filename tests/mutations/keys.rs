//! Mutations of primary keys, foreign keys and checks.

use ormsync_dialect::Dialect;
use ormsync_schema::{
    Check, Deferrability, Exclusion, Expression, Fact, ForeignKey, IndexPart, ReferentialAction, Table,
};

use super::mutation::{Mutation, Shape, TablePlace};

/// A change of a table's foreign key at a position.
type ChangeKey = Box<dyn Fn(&mut Table, usize)>;

/// All mutations of the keys and checks of a table.
pub(crate) fn of_table(place: &TablePlace, table: &Table, dialect: &'static dyn Dialect) -> Vec<Mutation> {
    let mut all = primary_key(place, table);
    for key in &table.foreign_keys {
        all.extend(foreign_key(place, key, dialect));
    }
    all.extend(added_foreign_key(place, table));
    for check in &table.checks {
        all.extend(of_check(place, check));
    }
    all.push(added_check(place, table));
    if dialect.name() == "postgresql" {
        all.push(added_exclusion(place));
    }
    all
}

fn primary_key(place: &TablePlace, table: &Table) -> Vec<Mutation> {
    let Some(key) = &table.primary_key else { return Vec::new() };
    let columns: Vec<String> = key.parts.iter().filter_map(IndexPart::as_column).map(str::to_owned).collect();
    let path = |columns: &[String]| format!("{}({})", place.path, columns.join(", "));
    let add = |kind: &'static str, shape, at: Vec<String>, apply: fn(&mut Table)| {
        let value = |table: &Table| table.primary_key.as_ref().map(|key| format!("{:?}", key.parts));
        let mutation = place.mutation((kind, "primary-key", shape), &[Fact::PrimaryKey], value, apply);
        Mutation { at, touches: (place.path.clone(), columns.clone()), ..mutation }
    };
    // A numbered column needs its key on some servers; those that are not stand for all.
    let numbered = columns.iter().any(|column| table.columns[column].identity.is_some());
    let mut all = Vec::new();
    if !numbered {
        all.push(add("primary key dropped", Shape::Removed, vec![path(&columns)], |table| table.primary_key = None));
    }
    let free = |name: &&String| {
        !columns.contains(name) && !table.columns[*name].nullable && table.columns[*name].generated.is_none()
    };
    if let Some(other) = table.columns.keys().find(free).filter(|_| !numbered).cloned() {
        let mut longer = columns.clone();
        longer.push(other.clone());
        let value = |table: &Table| table.primary_key.as_ref().map(|key| format!("{:?}", key.parts));
        let kind = ("primary key with one column more", "primary-key", Shape::Changed);
        let mutation = place.mutation(kind, &[Fact::PrimaryKey], value, move |table| {
            table.primary_key.as_mut().unwrap().parts.push(IndexPart::column(other.clone()));
        });
        let at = vec![path(&columns), path(&longer)];
        all.push(Mutation { at, touches: (place.path.clone(), longer), ..mutation });
    }
    if columns.len() > 1 {
        let mut reversed = columns.clone();
        reversed.reverse();
        all.push(add("primary key in another order", Shape::Changed, vec![path(&columns), path(&reversed)], |table| {
            table.primary_key.as_mut().unwrap().parts.reverse()
        }));
    }
    all
}

fn foreign_key(place: &TablePlace, key: &ForeignKey, dialect: &'static dyn Dialect) -> Vec<Mutation> {
    let columns = key.columns.clone();
    let find = |columns: &[String]| {
        let columns = columns.to_vec();
        move |table: &Table| table.foreign_keys.iter().position(|key| key.columns == columns)
    };
    let mutation = |kind, facts: &[Fact], value: fn(&ForeignKey) -> String, apply: ChangeKey| {
        let (wanted, changed) = (find(&columns), find(&columns));
        let mutation = place.mutation(
            kind,
            facts,
            move |table| wanted(table).map(|at| value(&table.foreign_keys[at])),
            move |table| {
                let at = changed(table).unwrap();
                apply(table, at);
            },
        );
        let at = vec![format!("{}({})", place.path, columns.join(", "))];
        Mutation { at, touches: (place.path.clone(), columns.clone()), ..mutation }
    };
    let with = |kind, rule, fact, value: fn(&ForeignKey) -> String, apply: Box<dyn Fn(&mut ForeignKey)>| {
        let apply = Box::new(move |table: &mut Table, at: usize| apply(&mut table.foreign_keys[at]));
        mutation((kind, rule, Shape::Changed), &[Fact::ForeignKey, fact], value, apply)
    };
    let (on_delete, on_update) = (other_action(key.on_delete), other_action(key.on_update));
    let action = Fact::ReferentialAction;
    let mut all = vec![
        mutation(
            ("foreign key dropped", "foreign-key-missing", Shape::Removed),
            &[Fact::ForeignKey],
            |_| String::new(),
            Box::new(|table, at| _ = table.foreign_keys.remove(at)),
        ),
        with(
            "foreign key: on delete",
            "foreign-key-action",
            action,
            |key| format!("{:?}", key.on_delete),
            Box::new(move |key| key.on_delete = on_delete),
        ),
        with(
            "foreign key: on update",
            "foreign-key-action",
            action,
            |key| format!("{:?}", key.on_update),
            Box::new(move |key| key.on_update = on_update),
        ),
        with(
            "foreign key: another table",
            "foreign-key-target",
            Fact::ForeignKey,
            |key| key.referenced_table.clone(),
            Box::new(|key| key.referenced_table = "quokka".into()),
        ),
        with(
            "foreign key: another column",
            "foreign-key-target",
            Fact::ForeignKey,
            |key| key.referenced_columns.join(","),
            Box::new(|key| key.referenced_columns[0] = "quokka".into()),
        ),
    ];
    if key.name.is_some() {
        all.push(with(
            "foreign key renamed",
            "index-name",
            Fact::ConstraintName,
            |key| format!("{:?}", key.name),
            Box::new(|key| key.name = Some("quokka".into())),
        ));
    }
    if dialect.name() != "mysql" {
        all.push(with(
            "foreign key deferred",
            "foreign-key-target",
            Fact::Deferrability,
            |key| format!("{:?}", key.deferrability),
            Box::new(|key| key.deferrability = Deferrability::InitiallyDeferred),
        ));
    }
    all
}

fn other_action(action: ReferentialAction) -> ReferentialAction {
    match action {
        ReferentialAction::Cascade => ReferentialAction::SetNull,
        _ => ReferentialAction::Cascade,
    }
}

fn added_foreign_key(place: &TablePlace, table: &Table) -> Option<Mutation> {
    let key = table.primary_key.as_ref()?.parts.first()?.as_column()?.to_owned();
    let free = |name: &&String| {
        let refers = table.foreign_keys.iter().any(|other| other.columns.contains(name));
        **name != key && !refers && table.columns[*name].data_type == table.columns[&key].data_type
    };
    let column = table.columns.keys().find(free)?.clone();
    let at = (format!("{}({column})", place.path), vec![column.clone()]);
    let (namespace, name) = (place.namespace.clone(), place.name.clone());
    Some(place.addition(("foreign key added", "foreign-key-missing"), &[Fact::ForeignKey], at, move |table| {
        table.foreign_keys.push(ForeignKey {
            name: Some("quokka".into()),
            columns: vec![column.clone()],
            referenced_namespace: namespace.clone(),
            referenced_table: name.clone(),
            referenced_columns: vec![key.clone()],
            on_delete: ReferentialAction::Cascade,
            on_update: ReferentialAction::Cascade,
            origin: table.origin.clone(),
            ..ForeignKey::default()
        });
    }))
}

fn of_check(place: &TablePlace, check: &Check) -> Vec<Mutation> {
    let find = |check: &Check| {
        let wanted = check.expression.text.clone();
        move |table: &Table| table.checks.iter().position(|check| check.expression.text == wanted)
    };
    let mutation = |kind, facts: &[Fact], apply: fn(&mut Vec<Check>, usize)| {
        let (wanted, changed) = (find(check), find(check));
        let mutation = place.mutation(
            kind,
            facts,
            move |table| wanted(table).map(|at| format!("{:?}", table.checks[at].name)),
            move |table| {
                let at = changed(table).unwrap();
                apply(&mut table.checks, at);
            },
        );
        let name = check.name.as_deref().unwrap_or("(check)");
        Mutation { at: vec![format!("{}.{name}", place.path), format!("{}.quokka", place.path)], ..mutation }
    };
    let mut all = vec![mutation(("check dropped", "check-missing", Shape::Removed), &[Fact::Check], |checks, at| {
        _ = checks.remove(at);
    })];
    if check.name.is_some() {
        all.push(mutation(("check changed", "check-expression", Shape::Changed), &[Fact::Check], |checks, at| {
            checks[at].expression = Expression::in_normal_form("(4711 > 0)");
        }));
        let facts = [Fact::Check, Fact::ConstraintName];
        all.push(mutation(("check renamed", "index-name", Shape::Changed), &facts, |checks, at| {
            checks[at].name = Some("quokka".into());
        }));
    }
    all
}

fn added_check(place: &TablePlace, table: &Table) -> Mutation {
    let column = table.columns.keys().next().cloned().unwrap_or_default();
    let at = (format!("{}.quokka", place.path), Vec::new());
    place.addition(("check added", "check-missing"), &[Fact::Check], at, move |table| {
        table.checks.push(Check {
            name: Some("quokka".into()),
            expression: Expression::in_normal_form(format!("({column} IS NOT NULL)")),
            origin: table.origin.clone(),
            ..Check::default()
        });
    })
}

fn added_exclusion(place: &TablePlace) -> Mutation {
    let at = (format!("{}.quokka", place.path), Vec::new());
    place.addition(("exclusion constraint added", "exclusion-missing"), &[Fact::Exclusion], at, |table| {
        table.exclusions.push(Exclusion {
            name: Some("quokka".into()),
            definition: Expression::in_normal_form("EXCLUDE USING gist (quokka WITH =)"),
            origin: table.origin.clone(),
        });
    })
}
