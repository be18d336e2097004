//! A project with drift, as a comparison would tell it.

use std::sync::Arc;
use std::time::Duration;

use ormsync_diff::{Answer, Comparison, Coverage, Finding, Summary, Verdict, rule_by_name};
use ormsync_report::{Outcome, Report};
use ormsync_schema::{Diagnostic, ObjectKind, ObjectPath, Origin, Severity, SourceFiles, Span};

const SCHEMA: &str = r#"datasource db {
  provider = "postgresql"
}

model ExchangeRate {
  id   Int     @id
  rate Decimal @db.Decimal(18, 8)
}

model Flight {
  id   String  @id
  gate String? @db.VarChar(8) // Wie heißt das Tor? A comment that goes on and on and on, far beyond the right edge of any terminal that is eighty columns wide.
}

enum FlightStatus {
  SCHEDULED
  VOIDED
}
"#;

const MODELS: &str = r#"from sqlalchemy import Column, Integer, Numeric, String


class ExchangeRate(Base):
    __tablename__ = "ExchangeRate"

    id = Column(Integer, primary_key=True)
    rate = Column(Numeric(10, 2), nullable=False)


class Flight(Base):
    __tablename__ = "Flight"

    id = Column(String(191), primary_key=True)
	broken = Column(
"#;

/// The files and what was found in them.
pub(crate) struct Scene {
    files: SourceFiles,
    comparison: Comparison,
    diagnostics: Vec<Diagnostic>,
}

impl Scene {
    /// The report of it.
    pub(crate) fn report(&self, outcome: Outcome) -> Report<'_> {
        Report {
            dialect: "postgresql",
            comparison: &self.comparison,
            diagnostics: &self.diagnostics,
            about_histories: 0,
            files: &self.files,
            elapsed: Duration::from_millis(42),
            outcome,
            fail_on: Severity::Error,
            strict: false,
            folder: "",
        }
    }
}

/// Where a piece of text is in a file.
fn place(path: &Arc<str>, text: &str, piece: &str) -> Origin {
    let start = text.find(piece).unwrap();
    Origin::file(path, Span::new(start, start + piece.len()))
}

fn answer(source: &str, text: &str, origin: Origin, stands_alone: bool) -> Answer {
    let label = match source {
        "prisma" => "Prisma",
        "sqlalchemy" => "SQLAlchemy",
        _ => "the database",
    };
    Answer { source: source.into(), label: label.into(), text: text.into(), detail: None, origin, stands_alone }
}

fn finding(rule: &str, at: ObjectPath, headline: &str, verdict: Verdict, answers: Vec<Answer>) -> Finding {
    let rule = rule_by_name(rule).unwrap();
    Finding {
        rule,
        severity: rule.severity,
        at,
        headline: headline.into(),
        answers,
        verdict,
        fix: None,
        notes: Vec::new(),
    }
}

fn column(table: &str, name: &str) -> ObjectPath {
    ObjectPath::in_table(ObjectKind::Column, "", table, name)
}

fn coverage(source: &str, tables: usize) -> Coverage {
    let answer = answer(source, "", Origin::nowhere(), false);
    Coverage {
        source: source.into(),
        kind: source.into(),
        label: answer.label,
        tables,
        columns: tables * 12,
        indexes: 26,
        foreign_keys: 11,
        enums: 2,
        opaque: usize::from(source == "sqlalchemy"),
        ignored: usize::from(source == "database"),
    }
}

/// Three sources in step.
pub(crate) fn in_step() -> Scene {
    Scene {
        files: SourceFiles::default(),
        comparison: Comparison {
            coverage: vec![coverage("prisma", 18), coverage("sqlalchemy", 18), coverage("database", 19)],
            summary: Summary { tables_compared: 18, identical: 18, opaque: 1, ..Summary::default() },
            tables: ["ExchangeRate", "Flight", "Hotel"].map(|table| ObjectPath::table("", table)).into(),
            ..Comparison::default()
        },
        diagnostics: Vec::new(),
    }
}

/// Three sources with findings and diagnostics of every kind.
pub(crate) fn drifted() -> Scene {
    drifted_in(SCHEMA, MODELS)
}

/// The same, after somebody has written a few lines at the top of both files.
pub(crate) fn drifted_further_down() -> Scene {
    drifted_in(&format!("// New.\n\n{SCHEMA}"), &format!("# New.\n\n{MODELS}"))
}

/// The same findings so many times.
pub(crate) fn drifted_many_times(times: usize) -> Scene {
    let mut scene = drifted();
    scene.comparison.findings = scene.comparison.findings.iter().cycle().take(times).cloned().collect();
    scene
}

fn drifted_in(schema_text: &str, models_text: &str) -> Scene {
    let mut scene = in_step();
    let schema = scene.files.insert("commerce/prisma/schema.prisma", schema_text);
    let models = scene.files.insert("backend/app/models/fx.py", models_text);
    let in_schema = |piece: &str| place(&schema, schema_text, piece);
    let in_models = |piece: &str| place(&models, models_text, piece);
    let in_database = |object: &str| Origin::catalogue(object);

    let mut rate = finding(
        "column-type",
        column("ExchangeRate", "rate"),
        "ExchangeRate.rate is numeric(18,8) in Prisma and the database, numeric(10,2) in SQLAlchemy",
        Verdict::Drifted("sqlalchemy".into()),
        vec![
            answer("prisma", "numeric(18,8)", in_schema("Decimal @db.Decimal(18, 8)"), false),
            answer("sqlalchemy", "numeric(10,2)", in_models("Column(Numeric(10, 2)"), true),
            answer("database", "numeric(18,8)", in_database("public.ExchangeRate.rate"), false),
        ],
    );
    rate.answers[2].detail = Some("numeric(18,8), not null".into());
    rate.fix = Some("Column(Numeric(18, 8), nullable=False)".into());

    let mut gate = finding(
        "column-missing",
        column("Flight", "gate"),
        "Flight.gate is missing in SQLAlchemy (Prisma and the database have it)",
        Verdict::Unmapped(vec!["sqlalchemy".into()]),
        vec![
            answer("prisma", "varchar(8), nullable", in_schema("gate String? @db.VarChar(8)"), false),
            answer("sqlalchemy", "missing", in_models(&MODELS[MODELS.find("class Flight").unwrap()..]), true),
            answer("database", "varchar(8), nullable", in_database("public.Flight.gate"), false),
        ],
    );
    gate.fix = Some("gate = Column(String(8))".into());
    gate.notes.push("the indexes on it are not listed again".into());

    let mut batch = finding(
        "index-missing",
        ObjectPath::in_table(ObjectKind::Index, "", "Flight", "(gate, id)"),
        "Index Flight(gate, id) is missing in Prisma and SQLAlchemy (the database has it)",
        Verdict::Drifted("database".into()),
        vec![
            answer("prisma", "missing", Origin::nowhere(), false),
            answer("sqlalchemy", "missing", Origin::nowhere(), false),
            answer("database", "index (gate, id)", in_database("public.idx_gate"), true),
        ],
    );
    batch.fix = Some("if it is wanted, declare it in Prisma: @@index([gate, id], map: \"idx_gate\")".into());

    let labels = finding(
        "enum-label-order",
        ObjectPath::named(ObjectKind::EnumType, "", "FlightStatus"),
        "Enum FlightStatus is ordered SCHEDULED, VOIDED in Prisma, VOIDED, SCHEDULED in the database",
        Verdict::Conflict,
        vec![
            answer("prisma", "SCHEDULED, VOIDED", in_schema("enum FlightStatus {\n  SCHEDULED\n  VOIDED\n}"), false),
            answer("database", "VOIDED, SCHEDULED", in_database("public.FlightStatus"), false),
        ],
    );

    scene.comparison.findings = vec![rate, batch, labels, gate];
    scene.comparison.summary =
        Summary { tables_compared: 18, identical: 16, drifted: 2, opaque: 1, errors: 2, warnings: 1, notes: 1 };
    scene.diagnostics = vec![
        Diagnostic::error("python-syntax", "the call is never closed: `)` is missing", in_models("Column(\n"))
            .with_help("the rest of the class is read as if the line were not there"),
        Diagnostic::warning("database-permission", "the comments could not be read", in_database("public.Flight")),
        Diagnostic::error("configuration", "there is no DATABASE_URL in the environment", Origin::nowhere())
            .with_help("set it, or give a URL under [database] in ormsync.toml"),
    ];
    scene
}
