//! What goes wrong between two writers although each is right by itself: one finding each; and none where they get on.

use ormsync_diff::{Options, OwnershipPatterns};
use ormsync_schema::{Column, DataType, DefaultValue, Fact, Schema, TriggerEvent, TriggerTiming};

use crate::builder::{changed, column, foreign_key, index, number, table, table_of, three, told};

/// A hazard: what left and right say, and what is found.
struct Hazard {
    about: &'static str,
    left: fn(&mut Schema),
    right: fn(&mut Schema),
    /// What left, right and the database all say.
    all: fn(&mut Schema),
    findings: &'static [&'static str],
}

fn email(schema: &mut Schema) -> &mut Column {
    &mut table_of(schema, "users").columns["email"]
}

fn fill(schema: &mut Schema, written: &str) {
    email(schema).client.default = Some(written.to_owned());
}

fn nothing(_: &mut Schema) {}

fn default_now(schema: &mut Schema) {
    email(schema).default = Some(DefaultValue::Now { precision: None });
}

/// All of them.
static HAZARDS: &[Hazard] = &[
    Hazard {
        about: "filled in by one side only",
        left: |schema| fill(schema, "cuid()"),
        right: nothing,
        all: nothing,
        findings: &["client-default users.email: conflict"],
    },
    Hazard {
        about: "filled in differently",
        left: |schema| fill(schema, "cuid()"),
        right: |schema| fill(schema, "default=uuid.uuid4"),
        all: nothing,
        findings: &["client-default users.email: conflict"],
    },
    Hazard {
        about: "filled in alike",
        left: |schema| fill(schema, "uuid()"),
        right: |schema| fill(schema, "default=uuid.uuid4"),
        all: nothing,
        findings: &[],
    },
    Hazard {
        about: "filled in by something unknown",
        left: |schema| fill(schema, "cuid()"),
        right: |schema| fill(schema, "default=new_id"),
        all: nothing,
        findings: &[],
    },
    Hazard {
        about: "the same as the database does",
        left: |schema| fill(schema, "0"),
        right: nothing,
        all: |schema| email(schema).default = number("0"),
        findings: &[],
    },
    Hazard {
        about: "something else than the database does",
        left: |schema| fill(schema, "1"),
        right: nothing,
        all: |schema| email(schema).default = number("0"),
        findings: &["client-default users.email: conflict"],
    },
    Hazard {
        about: "no default in the database of the one that fills it in: told as such",
        left: |schema| fill(schema, "0"),
        right: |schema| email(schema).default = number("0"),
        all: nothing,
        findings: &["column-default users.email: right drifted"],
    },
    Hazard {
        about: "two clocks",
        left: |schema| fill(schema, "default=datetime.utcnow"),
        right: nothing,
        all: default_now,
        findings: &["time-source users.email: conflict"],
    },
    Hazard {
        about: "two programs' clocks",
        left: |schema| fill(schema, "default=datetime.utcnow"),
        right: |schema| fill(schema, "now()"),
        all: nothing,
        findings: &[],
    },
    Hazard {
        about: "updated by one side only",
        left: |schema| email(schema).client.update = Some("@updatedAt".into()),
        right: nothing,
        all: nothing,
        findings: &["client-update users.email: conflict"],
    },
    Hazard {
        about: "updated by both",
        left: |schema| email(schema).client.update = Some("@updatedAt".into()),
        right: |schema| email(schema).client.update = Some("onupdate=datetime.now".into()),
        all: nothing,
        findings: &[],
    },
    Hazard {
        about: "updated by both, with two clocks",
        left: |schema| email(schema).client.update = Some("@updatedAt".into()),
        right: |schema| email(schema).client.update = Some("onupdate=func.now()".into()),
        all: nothing,
        findings: &["time-source users.email: conflict"],
    },
    Hazard {
        about: "decimals that are floats to one side",
        left: nothing,
        right: |schema| email(schema).client.decimal_as_float = true,
        all: nothing,
        findings: &["decimal-as-float users.email: conflict"],
    },
    Hazard {
        about: "decimals that are floats to both",
        left: |schema| email(schema).client.decimal_as_float = true,
        right: |schema| email(schema).client.decimal_as_float = true,
        all: nothing,
        findings: &[],
    },
    Hazard {
        about: "worked out by the database for both",
        left: nothing,
        right: |schema| fill(schema, "default=func.now()"),
        all: default_now,
        findings: &[],
    },
    Hazard {
        about: "updated by one side and the database",
        left: |schema| email(schema).client.update = Some("@updatedAt".into()),
        right: nothing,
        all: |schema| email(schema).on_update = Some(DefaultValue::Now { precision: None }.into()),
        findings: &[],
    },
    Hazard {
        about: "updated by one side and a trigger",
        left: |schema| email(schema).client.update = Some("@updatedAt".into()),
        right: nothing,
        all: |schema| {
            let mut trigger = table_of(schema, "orders").triggers["audit"].clone();
            trigger.timing = TriggerTiming::Before;
            trigger.events = vec![TriggerEvent::Update];
            table_of(schema, "users").triggers.insert("touch".into(), trigger);
        },
        findings: &[],
    },
    Hazard {
        about: "a foreign key without index",
        left: nothing,
        right: nothing,
        all: |schema| table_of(schema, "orders").foreign_keys.push(foreign_key("total", "users")),
        findings: &["foreign-key-index orders(total): hazard"],
    },
    Hazard {
        about: "a foreign key with the index of one side, which is told as such",
        left: |schema| {
            let by_total = index(ormsync_schema::IndexKind::Plain, "by_total", &["total", "id"]);
            table_of(schema, "orders").indexes.push(by_total);
        },
        right: nothing,
        all: |schema| table_of(schema, "orders").foreign_keys.push(foreign_key("total", "users")),
        findings: &["index-missing orders(total, id): left drifted"],
    },
    Hazard {
        about: "two columns that differ by case",
        left: nothing,
        right: nothing,
        all: |schema| {
            let named = column(DataType::named("text"));
            table_of(schema, "users").columns.insert("Email".into(), named);
        },
        findings: &["name-case users.Email: hazard"],
    },
    Hazard {
        about: "two tables that differ by case",
        left: nothing,
        right: nothing,
        all: |schema| {
            let twin = table([("id", column(DataType::named("integer")))]);
            schema.namespace_mut("public").tables.insert("Users".into(), twin);
        },
        findings: &["name-case users: hazard"],
    },
];

#[test]
fn hazards_are_told_once_and_harmless_things_never() {
    for hazard in HAZARDS {
        let schema = |own: fn(&mut Schema)| {
            changed(|schema| {
                (hazard.all)(schema);
                own(schema);
            })
        };
        let (left, right, mut database) = (schema(hazard.left), schema(hazard.right), schema(nothing));
        database.unsaid.extend([Fact::ClientDefault, Fact::ClientUpdate]);
        let comparison = three(&left, &right, &database, &Options::default());
        assert_eq!(told(&comparison), hazard.findings, "{}", hazard.about);
    }
}

/// The rules that the hazards above have findings of, and that of the next test.
pub(crate) fn rules() -> impl Iterator<Item = &'static str> {
    let tested = HAZARDS.iter().flat_map(|hazard| hazard.findings).filter_map(|finding| finding.split(' ').next());
    tested.chain(["insert-hazard"])
}

#[test]
fn a_side_that_need_not_map_a_column_still_has_to_write_it() {
    let right = changed(|schema| _ = table_of(schema, "orders").columns.shift_remove("status"));
    let shop = crate::builder::shop();
    let options = |owner: &str| Options {
        ownership: OwnershipPatterns {
            by_source: vec![(owner.to_owned(), vec!["orders".to_owned()])],
            ..OwnershipPatterns::default()
        },
        ..Options::default()
    };
    let comparison = three(&shop, &right, &shop, &options("left"));
    assert_eq!(told(&comparison), ["insert-hazard orders.status: unmapped in right"]);
    let comparison = three(&shop, &right, &shop, &options("right"));
    assert_eq!(comparison.findings[0].rule.name, "column-missing");
    assert!(comparison.findings[0].notes.iter().any(|note| note.starts_with("an INSERT by Right fails")));
}
