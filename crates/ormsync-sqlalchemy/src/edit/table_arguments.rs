//! `__table_args__`: a tuple of constraints, a dictionary of options, or a tuple that ends with one.

use ruff_python_ast::{Expr, ExprDict, ExprTuple, StmtClassDef};
use ruff_text_size::{Ranged, TextRange};

use super::EditError;
use super::arguments::{inside, offsets};
use super::find::{sets, value_of};
use super::source::{Source, Splice, Splices};

const NAME: &str = "__table_args__";

/// What a class has.
enum Form<'a> {
    Nothing,
    Tuple(&'a ExprTuple),
    Options(&'a ExprDict),
}

impl<'a> Source<'a> {
    fn table_arguments(&self, class: &'a StmtClassDef) -> Result<Form<'a>, EditError> {
        let is_function = |statement: &ruff_python_ast::Stmt| matches!(statement, ruff_python_ast::Stmt::FunctionDef(function) if function.name.as_str() == NAME);
        let unclear = || EditError::Unclear(format!("the {NAME} of `{}` are computed", class.name));
        if class.body.iter().any(is_function) {
            return Err(unclear());
        }
        let Some(statement) = class.body.iter().find(|statement| sets(statement, NAME)) else {
            return Ok(Form::Nothing);
        };
        match value_of(statement) {
            Some(Expr::Tuple(tuple)) if tuple.parenthesized && !tuple.elts.iter().any(Expr::is_starred_expr) => {
                Ok(Form::Tuple(tuple))
            }
            Some(Expr::Dict(options)) => Ok(Form::Options(options)),
            _ => Err(unclear()),
        }
    }

    pub(super) fn add_table_argument(&self, class: &str, value: &str) -> Splices {
        let definition = self.class(class)?;
        match self.table_arguments(definition)? {
            Form::Nothing => self.new_table_arguments(definition, &format!("({value},)")),
            Form::Options(options) => {
                let (start, end) = offsets(options.range());
                let value = self.indented(value, self.indentation(start));
                Ok(vec![Splice::insert(start, format!("({value}, ")), Splice::insert(end, ")")])
            }
            Form::Tuple(tuple) => {
                let elements = self.tuple_elements(tuple);
                let options = tuple.elts.last().filter(|last| last.is_dict_expr());
                let before = options.and(elements.last().copied());
                let mut splices = self.insertion(tuple.range(), &elements, before, value);
                // `()` becomes `(value,)`.
                if elements.is_empty()
                    && let (_, end) = offsets(tuple.range())
                {
                    splices.push(Splice::insert(end - 1, ","));
                }
                Ok(splices)
            }
        }
    }

    pub(super) fn remove_table_argument(&self, class: &str, value: &str) -> Splices {
        let definition = self.class(class)?;
        let missing = || EditError::Missing(format!("`{value}` in the {NAME} of `{class}`"));
        let Form::Tuple(tuple) = self.table_arguments(definition)? else { return Err(missing()) };
        let wanted = squeezed(value);
        let elements = self.tuple_elements(tuple);
        let mut found = (0..elements.len()).filter(|at| squeezed(self.slice(tuple.elts[*at].range())) == wanted);
        let (Some(at), None) = (found.next(), found.next()) else { return Err(missing()) };
        if elements.len() == 1 {
            return self.remove_attribute(class, NAME);
        }
        let mut splices = self.removal(tuple.range(), &elements, at);
        // What is left must stay a tuple: `(a,)`.
        if elements.len() == 2 && self.comma_behind(elements[1], tuple.range()).is_none() {
            let (first, second) = (offsets(elements[0]), offsets(elements[1]));
            if at == 0 {
                splices.push(Splice::insert(second.1, ","));
            } else if splices == [Splice::remove(first.1, second.1)] {
                let comma = self.comma_behind(elements[0], tuple.range()).unwrap_or(first.1);
                splices = vec![Splice::remove(comma, second.1)];
            }
        }
        Ok(splices)
    }

    pub(super) fn set_table_option(&self, class: &str, option: &str, value: &str) -> Splices {
        let definition = self.class(class)?;
        let entry = format!("{}: {value}", crate::spelling::string_literal(option));
        let options = match self.table_arguments(definition)? {
            Form::Nothing => return self.new_table_arguments(definition, &format!("{{{entry}}}")),
            Form::Options(options) => options,
            Form::Tuple(tuple) => match tuple.elts.last() {
                Some(Expr::Dict(options)) => options,
                _ => {
                    let elements = self.tuple_elements(tuple);
                    let dictionary = format!("{{{entry}}}");
                    return Ok(self.insertion(tuple.range(), &elements, None, &dictionary));
                }
            },
        };
        if options.items.iter().any(|item| item.key.is_none()) {
            return Err(EditError::Unclear(format!("the {NAME} of `{class}` are spread from something else")));
        }
        let is_meant =
            |key: &Option<Expr>| matches!(key, Some(Expr::StringLiteral(text)) if text.value.to_str() == option);
        if let Some(item) = options.items.iter().find(|item| is_meant(&item.key)) {
            let range = self.with_parentheses(item.value.range(), item.range());
            return Ok(vec![self.replacement(range, value)]);
        }
        let elements: Vec<TextRange> = options
            .items
            .iter()
            .map(|item| {
                let value = self.with_parentheses(item.value.range(), inside(options.range()));
                TextRange::new(item.key.as_ref().map_or(value.start(), Ranged::start), value.end())
            })
            .collect();
        Ok(self.insertion(options.range(), &elements, None, &entry))
    }

    /// Behind `__tablename__`, where the class says it, else behind the last attribute.
    fn new_table_arguments(&self, class: &StmtClassDef, value: &str) -> Splices {
        let name = class.body.iter().find(|statement| sets(statement, "__tablename__"));
        let before = name.or(class.body.last());
        self.add_statement(class, before, &format!("{NAME} = {value}"))
    }

    fn tuple_elements(&self, tuple: &ExprTuple) -> Vec<TextRange> {
        tuple.elts.iter().map(|element| self.with_parentheses(element.range(), inside(tuple.range()))).collect()
    }
}

/// The text without white space and trailing commas, for telling what is meant.
fn squeezed(text: &str) -> String {
    let bare: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    bare.replace(",)", ")")
}
