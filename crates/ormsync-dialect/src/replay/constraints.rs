//! Keys, uniques, foreign keys, checks and indexes, wherever they are declared.

use ormsync_schema::{
    Check, Deferrability, Exclusion, Expression, ForeignKey, Index, IndexKind, IndexPart, IndexTarget, MatchKind,
    NullsOrder, PrimaryKey, ReferentialAction, SortOrder, Table,
};
use sqlparser::ast::{
    CheckConstraint, ConstraintCharacteristics, ConstraintReferenceMatchKind, DeferrableInitial, ExcludeConstraint,
    Expr, ForeignKeyConstraint, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, IndexColumn, IndexOption,
    IndexType, NullsDistinctOption, OrderBySort, ReferentialAction as SqlAction, TableConstraint, Value,
};

use super::names::plain_name;
use super::{Outcome, Replay};

impl Replay<'_> {
    /// Adds a constraint to a table.
    ///
    /// # Errors
    /// When the table has no place for it, or it was not understood.
    pub(super) fn add_constraint(
        &mut self,
        constraint: &TableConstraint,
        not_valid: bool,
        table: &mut Table,
    ) -> Outcome {
        match constraint {
            TableConstraint::PrimaryKey(key) => {
                let parts = self.parts(&key.columns);
                for name in parts.iter().filter_map(IndexPart::as_column) {
                    if let Some(name) = self.column_name(table, name) {
                        table.columns[&name].nullable = false;
                    }
                }
                let key = PrimaryKey {
                    name: key.name.as_ref().map(|name| self.fold(name)),
                    parts,
                    include: self.fold_all(&key.include),
                    deferrability: deferrability(key.characteristics.as_ref()),
                    origin: self.origin.clone(),
                    ..PrimaryKey::default()
                };
                if table.primary_key.replace(key).is_some() {
                    return Err("the table has a primary key already".to_owned());
                }
            }
            TableConstraint::Unique(unique) => {
                let name = unique.name.as_ref().or(unique.index_name.as_ref()).map(|name| self.fold(name));
                let mut index = Index::on_columns(self.kind_of_unique(), name, [], self.origin.clone());
                index.parts = self.parts(&unique.columns);
                index.include = self.fold_all(&unique.include);
                index.deferrability = deferrability(unique.characteristics.as_ref());
                index.nulls_not_distinct = unique.nulls_distinct == NullsDistinctOption::NotDistinct;
                self.index_options(&mut index, unique.index_type.as_ref(), &unique.index_options);
                table.indexes.push(index);
            }
            TableConstraint::ForeignKey(key) => {
                let columns = self.fold_all(&key.columns);
                let name = key.name.as_ref().or(key.index_name.as_ref()).map(|name| self.fold(name));
                let mut key = self.foreign_key(name, columns, key);
                key.not_valid = not_valid;
                table.indexes.extend((self.rules.index_of_foreign_key)(&key));
                table.foreign_keys.push(key);
            }
            TableConstraint::Check(check) => {
                let name = check.name.as_ref().map(|name| self.fold(name));
                let mut check = self.check(name, check);
                check.not_valid = not_valid;
                table.checks.push(check);
            }
            TableConstraint::Index(index) => {
                let name = index.name.as_ref().map(|name| self.fold(name));
                let mut found = Index::on_columns(IndexKind::Plain, name, [], self.origin.clone());
                found.parts = self.parts(&index.columns);
                self.index_options(&mut found, index.index_type.as_ref(), &index.index_options);
                table.indexes.push(found);
            }
            TableConstraint::FulltextOrSpatial(index) => {
                let name = index.opt_index_name.as_ref().map(|name| self.fold(name));
                let mut found = Index::on_columns(IndexKind::Plain, name, [], self.origin.clone());
                found.parts = self.parts(&index.columns);
                found.method = Some(if index.fulltext { "fulltext" } else { "spatial" }.to_owned());
                table.indexes.push(found);
            }
            TableConstraint::Exclude(exclude) => {
                let exclusion = self.exclusion(exclude);
                table.exclusions.push(exclusion);
            }
            TableConstraint::PrimaryKeyUsingIndex(using) => {
                let index = self.take_index(table, &using.index_name)?;
                let name = using.name.as_ref().map_or(index.name, |name| Some(self.fold(name)));
                table.primary_key =
                    Some(PrimaryKey { name, parts: index.parts, origin: index.origin, ..PrimaryKey::default() });
            }
            TableConstraint::UniqueUsingIndex(using) => {
                let mut index = self.take_index(table, &using.index_name)?;
                index.name = using.name.as_ref().map_or(index.name, |name| Some(self.fold(name)));
                index.kind = IndexKind::UniqueConstraint;
                index.deferrability = deferrability(using.characteristics.as_ref());
                table.indexes.push(index);
            }
        }
        Ok(())
    }

    fn take_index(&self, table: &mut Table, name: &Ident) -> Result<Index, String> {
        let name = self.fold(name);
        let found = table.indexes.iter().position(|index| index.name.as_deref() == Some(name.as_str()));
        let position = found.ok_or_else(|| format!("the table has no index {name}"))?;
        Ok(table.indexes.remove(position))
    }

    pub(super) fn check(&self, name: Option<String>, check: &CheckConstraint) -> Check {
        Check {
            name: name.or_else(|| check.name.as_ref().map(|name| self.fold(name))),
            expression: Expression::written(check.expr.to_string()),
            not_enforced: check.enforced == Some(false),
            no_inherit: check.no_inherit,
            origin: self.origin.clone(),
            ..Check::default()
        }
    }

    pub(super) fn foreign_key(
        &self,
        name: Option<String>,
        columns: Vec<String>,
        key: &ForeignKeyConstraint,
    ) -> ForeignKey {
        let target = self.path(&key.foreign_table);
        // As it is declared, where it is there already.
        let target = self.find_table(&target).unwrap_or(target);
        let characteristics = key.characteristics.as_ref();
        ForeignKey {
            name: name.or_else(|| key.name.as_ref().map(|name| self.fold(name))),
            columns,
            referenced_namespace: target.namespace,
            referenced_table: target.name,
            referenced_columns: self.fold_all(&key.referred_columns),
            on_delete: action(key.on_delete.as_ref()),
            on_update: action(key.on_update.as_ref()),
            match_kind: match key.match_kind {
                Some(ConstraintReferenceMatchKind::Full) => MatchKind::Full,
                _ => MatchKind::Simple,
            },
            deferrability: deferrability(characteristics),
            not_enforced: characteristics.is_some_and(|it| it.enforced == Some(false)),
            origin: self.origin.clone(),
            ..ForeignKey::default()
        }
    }

    fn exclusion(&self, exclude: &ExcludeConstraint) -> Exclusion {
        let nameless = ExcludeConstraint { name: None, ..exclude.clone() };
        Exclusion {
            name: exclude.name.as_ref().map(|name| self.fold(name)),
            definition: Expression::written(nameless.to_string()),
            origin: self.origin.clone(),
        }
    }

    pub(super) fn index_options(&self, index: &mut Index, method: Option<&IndexType>, options: &[IndexOption]) {
        let set = |index: &mut Index, method: &IndexType| {
            index.method = Some(method.to_string().to_lowercase()).filter(|method| method != "btree");
        };
        if let Some(method) = method {
            set(index, method);
        }
        for option in options {
            match option {
                IndexOption::Using(method) => set(index, method),
                IndexOption::Comment(comment) => index.comment = Some(self.rules.constant(comment)),
            }
        }
    }

    pub(super) fn parts(&self, columns: &[IndexColumn]) -> Vec<IndexPart> {
        columns.iter().map(|column| self.part(column)).collect()
    }

    fn part(&self, column: &IndexColumn) -> IndexPart {
        let mut expression = &column.column.expr;
        let mut collation = None;
        if let Expr::Collate { expr, collation: written } = expression {
            expression = expr;
            collation = written.0.last().and_then(|part| part.as_ident()).map(|name| name.value.clone());
        }
        let mut part = match (plain_name(expression), prefix(expression)) {
            (Some(name), _) => IndexPart::column(self.fold(name)),
            (None, Some((name, length))) if !self.rules.indexes_are_objects => {
                let mut part = IndexPart::column(self.fold(name));
                part.prefix_length = Some(length);
                part
            }
            _ => {
                let inner = match expression {
                    Expr::Nested(inner) => inner,
                    other => other,
                };
                IndexPart::new(IndexTarget::Expression(Expression::written(inner.to_string())))
            }
        };
        part.collation = collation;
        part.operator_class = column.operator_class.as_ref().map(ToString::to_string);
        let is_descending = matches!(column.column.options.sort, Some(OrderBySort::Desc));
        if is_descending {
            part.order = SortOrder::Descending;
        }
        part.nulls =
            column.column.options.nulls_first.map(|first| if first { NullsOrder::First } else { NullsOrder::Last });
        part
    }
}

/// `name(10)`: the first so many characters of a column.
fn prefix(expression: &Expr) -> Option<(&Ident, u32)> {
    let Expr::Function(function) = expression else { return None };
    let [name] = function.name.0.as_slice() else { return None };
    let FunctionArguments::List(list) = &function.args else { return None };
    let [FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Value(value)))] = list.args.as_slice() else { return None };
    let Value::Number(digits, _) = &value.value else { return None };
    Some((name.as_ident()?, digits.parse().ok()?))
}

pub(super) fn action(written: Option<&SqlAction>) -> ReferentialAction {
    match written {
        Some(SqlAction::Restrict) => ReferentialAction::Restrict,
        Some(SqlAction::Cascade) => ReferentialAction::Cascade,
        Some(SqlAction::SetNull) => ReferentialAction::SetNull,
        Some(SqlAction::SetDefault) => ReferentialAction::SetDefault,
        Some(SqlAction::NoAction) | None => ReferentialAction::NoAction,
    }
}

pub(super) fn deferrability(written: Option<&ConstraintCharacteristics>) -> Deferrability {
    let Some(written) = written else { return Deferrability::NotDeferrable };
    let is_deferred = written.initially == Some(DeferrableInitial::Deferred);
    match (written.deferrable, is_deferred) {
        (Some(false), _) | (None, false) => Deferrability::NotDeferrable,
        (_, true) => Deferrability::InitiallyDeferred,
        (Some(true), false) => Deferrability::InitiallyImmediate,
    }
}
