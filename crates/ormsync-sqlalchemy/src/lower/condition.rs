//! Constraints and indexes that are made on some dialects only: `….ddl_if(dialect="postgresql")`
//! (`sqlalchemy/sql/ddl.py`), and the `_create_rule` of a constraint, which SQLAlchemy's own type checks use.

use std::rc::Rc;

use ormsync_schema::Fact;

use crate::lower::Lowering;
use crate::mapping::{HiddenPart, TableId, runs_on, sqlalchemy_call};
use crate::python::{Arguments, COMPILER_OBJECT, DDL_CONDITION, Located, Symbol, Value};

impl<'a> Lowering<'_, 'a> {
    /// Takes out of a table what this dialect does not make of it, and says where that cannot be known.
    pub(super) fn leave_out_conditional(&mut self, table: TableId, hidden: &mut Vec<HiddenPart>) {
        let items = self.draft(table).items.clone();
        let mut made = Vec::with_capacity(items.len());
        for item in items {
            match self.is_made(&item) {
                Some(true) => made.push(item),
                Some(false) => {}
                None => {
                    let reason = "whether this database has it could not be worked out";
                    self.hide(table, fact_of(&item), item.place, reason, hidden);
                }
            }
        }
        self.evaluator.registry.table_mut(table).items = made;
    }

    /// Whether this dialect's `CREATE TABLE` has it; none where that is not known.
    fn is_made(&mut self, item: &Rc<Symbol<'a>>) -> Option<bool> {
        let condition = item.attributes.borrow().get(DDL_CONDITION).map(|located| located.value.clone());
        if let Some(condition) = condition {
            let (_, given) = condition.as_symbol()?.external_call()?;
            if !given.get(0, "dialect").is_none_or(|dialect| runs_on(&dialect.value, self.compiler.name())) {
                return Some(false);
            }
            if given.get(1, "callable_").is_some_and(|callable| !matches!(callable.value, Value::None)) {
                return None;
            }
        }
        let value = Value::Symbol(Rc::clone(item));
        let rule = sqlalchemy_call(&value)?.2.keyword("_create_rule").cloned();
        match rule {
            None | Some(Located { value: Value::None, .. }) => Some(true),
            Some(Located { value: Value::Function(function), place }) => {
                let compiler = Located { value: Value::external(COMPILER_OBJECT), place };
                let given = Arguments { positional: vec![compiler], ..Arguments::default() };
                self.evaluator.invoke(&function, given, place).truth()
            }
            Some(_) => None,
        }
    }
}

fn fact_of(item: &Rc<Symbol<'_>>) -> Fact {
    let value = Value::Symbol(Rc::clone(item));
    match sqlalchemy_call(&value) {
        Some(("CheckConstraint", ..)) => Fact::Check,
        Some(("ForeignKeyConstraint", ..)) => Fact::ForeignKey,
        Some(("PrimaryKeyConstraint", ..)) => Fact::PrimaryKey,
        Some(("ExcludeConstraint", ..)) => Fact::Exclusion,
        _ => Fact::Index,
    }
}
