//! Columns: types, defaults, and the constraints that stand at them.

use ormsync_schema::{
    Column, DefaultValue, Expression, Generated, GeneratedStorage, Identity, IdentityKind, Index, IndexKind, IndexPart,
    NotNull, PrimaryKey, Table,
};
use sqlparser::ast::{
    ColumnDef, ColumnOption, ColumnOptionDef, DataType as SqlType, Expr, GeneratedAs, GeneratedExpressionMode,
    IdentityPropertyKind, SequenceOptions, UnaryOperator, Value,
};
use sqlparser::tokenizer::Token;

use super::Replay;

/// A column that a statement declares, with the constraints that it brings to its table.
#[derive(Debug)]
pub(super) struct Declared {
    pub(super) name: String,
    pub(super) column: Column,
    /// What of a table hangs on it.
    pub(super) brings: Table,
}

impl Replay<'_> {
    pub(super) fn column(&mut self, definition: &ColumnDef) -> Declared {
        let name = self.fold(&definition.name);
        self.column_of(name, &definition.data_type, &definition.options)
    }

    /// A column of that name, type and options.
    pub(super) fn column_of(&mut self, name: String, data_type: &SqlType, options: &[ColumnOptionDef]) -> Declared {
        let limit = self.rules.dialect.identifier_limit();
        let name = limit.cut(&name).to_owned();
        let data_type = (self.rules.grammar.parse_type)(&data_type.to_string());
        let column = Column::new(data_type, true, self.origin.clone());
        let mut declared = Declared { name, column, brings: Table::default() };
        (self.rules.declared)(&mut declared.column);
        for option in options {
            self.option(option, &mut declared);
        }
        declared
    }

    fn option(&mut self, written: &ColumnOptionDef, declared: &mut Declared) {
        let name = written.name.as_ref().map(|name| self.fold(name));
        let column = &mut declared.column;
        match &written.option {
            ColumnOption::Null => column.nullable = true,
            ColumnOption::NotNull => {
                column.nullable = false;
                if name.is_some() {
                    column.not_null = Some(NotNull { name, ..NotNull::default() }.into());
                }
            }
            ColumnOption::Default(value) => self.set_default(value, column),
            ColumnOption::OnUpdate(value) => {
                let value = self.rules.dialect.parse_default(&value.to_string(), &column.data_type);
                column.on_update = Some(value.into());
            }
            ColumnOption::PrimaryKey(_) => {
                column.nullable = false;
                declared.brings.primary_key = Some(PrimaryKey {
                    name,
                    parts: vec![IndexPart::column(&declared.name)],
                    origin: self.origin.clone(),
                    ..PrimaryKey::default()
                });
            }
            ColumnOption::Unique(unique) => {
                let own = [declared.name.clone()];
                let mut index = Index::on_columns(self.kind_of_unique(), name, own, self.origin.clone());
                index.deferrability = super::constraints::deferrability(unique.characteristics.as_ref());
                declared.brings.indexes.push(index);
            }
            ColumnOption::ForeignKey(key) => {
                let key = self.foreign_key(name, vec![declared.name.clone()], key);
                // MySQL reads them, and makes nothing of them (before 9.0; documentation, "FOREIGN KEY Constraints").
                declared.brings.indexes.extend((self.rules.index_of_foreign_key)(&key));
                declared.brings.foreign_keys.push(key);
            }
            ColumnOption::Check(check) => {
                let check = self.check(name, check);
                declared.brings.checks.push(check);
            }
            ColumnOption::Collation(collation) => {
                column.collation = collation.0.last().and_then(|part| part.as_ident()).map(|name| name.value.clone());
            }
            ColumnOption::Comment(comment) => {
                column.comment = Some(self.rules.constant(comment)).filter(|it| !it.is_empty())
            }
            ColumnOption::Generated {
                generated_as, sequence_options, generation_expr, generation_expr_mode, ..
            } => {
                let options = sequence_options.as_deref().unwrap_or_default();
                match generation_expr {
                    Some(expression) => {
                        let generated = generated(expression, *generated_as, generation_expr_mode.as_ref());
                        column.generated = Some(generated.into());
                    }
                    None => {
                        column.identity = Some(identity_of(*generated_as, options).into());
                        column.nullable = false;
                    }
                }
            }
            ColumnOption::Identity(IdentityPropertyKind::Autoincrement(_)) => numbers_itself(column),
            ColumnOption::DialectSpecific(tokens) => self.own_words(tokens, declared),
            ColumnOption::Invisible => column.invisible = true,
            ColumnOption::Srid(number) => column.spatial_reference = number.to_string().parse().ok(),
            // The character set is the collation's business; SQLite's conflict clauses belong to their constraints.
            ColumnOption::CharacterSet(_) => {}
            other => {
                let what = format!("`{other}` of the column {}", declared.name);
                self.leave_out(&what);
            }
        }
    }

    pub(super) fn set_default(&self, value: &Expr, column: &mut Column) {
        let text = value.to_string();
        // DEFAULT (…) is the same without its parentheses.
        let text = match value {
            Expr::Nested(inner) => inner.to_string(),
            _ => text,
        };
        let default = self.rules.dialect.parse_default(&text, &column.data_type);
        column.default = Some(default).filter(|default| !is_null(default));
    }

    /// `AUTO_INCREMENT`, `AUTOINCREMENT`, `UNSIGNED` … come as bare tokens.
    fn own_words(&mut self, tokens: &[Token], declared: &mut Declared) {
        let text: Vec<String> = tokens.iter().map(ToString::to_string).collect();
        match text.join(" ").to_ascii_uppercase().as_str() {
            "AUTO_INCREMENT" => numbers_itself(&mut declared.column),
            "AUTOINCREMENT" => {
                numbers_itself(&mut declared.column);
                if let Some(identity) = &mut declared.column.identity {
                    identity.never_again = true;
                }
            }
            "ASC" | "DESC" => {}
            other => {
                let what = format!("`{other}` of the column {}", declared.name);
                self.leave_out(&what);
            }
        }
    }

    pub(super) fn kind_of_unique(&self) -> IndexKind {
        if self.rules.uniques_are_indexes { IndexKind::UniqueIndex } else { IndexKind::UniqueConstraint }
    }
}

fn is_null(default: &DefaultValue) -> bool {
    matches!(default, DefaultValue::Expression(expression) if expression.text.eq_ignore_ascii_case("null"))
}

fn numbers_itself(column: &mut Column) {
    column.identity = Some(Identity::auto_increment().into());
    column.nullable = false;
}

fn generated(expression: &Expr, kept: GeneratedAs, mode: Option<&GeneratedExpressionMode>) -> Generated {
    let is_stored = kept == GeneratedAs::ExpStored || mode == Some(&GeneratedExpressionMode::Stored);
    let storage = if is_stored { GeneratedStorage::Stored } else { GeneratedStorage::Virtual };
    Generated { expression: Expression::written(expression.to_string()), storage }
}

/// `GENERATED … AS IDENTITY (…)`.
pub(super) fn identity_of(generated: GeneratedAs, options: &[SequenceOptions]) -> Identity {
    let kind = if generated == GeneratedAs::Always { IdentityKind::Always } else { IdentityKind::ByDefault };
    let mut identity = Identity { kind, ..Identity::default() };
    for option in options {
        match option {
            SequenceOptions::StartWith(value, _) => identity.start = number(value).filter(|it| *it != 1),
            SequenceOptions::IncrementBy(value, _) => identity.increment = number(value).filter(|it| *it != 1),
            SequenceOptions::MinValue(value) => {
                identity.minimum = value.as_ref().and_then(number).filter(|it| *it != 1)
            }
            SequenceOptions::MaxValue(value) => identity.maximum = value.as_ref().and_then(number),
            SequenceOptions::Cache(value) => identity.cache = number(value).filter(|it| *it != 1),
            SequenceOptions::Cycle(no) => identity.cycle = !no,
        }
    }
    identity
}

/// A whole number, negative or not.
pub(super) fn number(expression: &Expr) -> Option<i64> {
    match expression {
        Expr::Value(value) => match &value.value {
            Value::Number(text, _) => text.parse().ok(),
            _ => None,
        },
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => number(expr).map(|value| -value),
        _ => None,
    }
}
