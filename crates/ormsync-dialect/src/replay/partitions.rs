//! Tables that are split: `PARTITION BY`, `PARTITION OF`, `ATTACH` and `DETACH PARTITION`.
//!
//! On PostgreSQL a partition is a table of its own, which has what its parent has: columns, keys, indexes, checks, triggers.
//! What it has from there is derived again behind every statement, so that a change of the parent reaches it. On MySQL
//! partitions are a matter of storage: how a table is split is told as not replayed, and hides nothing else.

use ormsync_schema::{
    Column, DataType, DefaultValue, Fact, ForeignKey, Index, Opaque, Partitioning, PrimaryKey, QualifiedName, Schema,
    Table,
};
use sqlparser::ast::Statement;
use sqlparser::tokenizer::Token;

use super::words::keyword;
use super::{Outcome, Replay};

/// How deep partitions of partitions are followed.
const DEEPEST: usize = 8;

impl Replay<'_> {
    /// `CREATE TABLE … PARTITION BY …` and `CREATE TABLE … PARTITION OF …`; none where it is another statement.
    pub(super) fn create_split_table(&mut self, tokens: &[Token]) -> Option<Outcome> {
        let table = tokens.iter().take(4).position(|token| is_word(token, "TABLE"))?;
        if let Some(of) = at_the_top(tokens, &["PARTITION", "OF"]) {
            return Some(self.create_partition(&tokens[table + 1..of], &tokens[of + 2..]));
        }
        let by = at_the_top(tokens, &["PARTITION", "BY"])?;
        let Ok(Statement::CreateTable(statement)) = self.parse(&written(&tokens[..by])) else { return None };
        let path = self.path(&statement.name);
        let was_there = self.find_table(&path).is_some();
        Some(self.create_table(&statement).map(|()| {
            if !was_there {
                self.split(&path, &tokens[by + 2..]);
            }
        }))
    }

    /// `ALTER TABLE … ATTACH PARTITION …` and its kin; none where it is another statement.
    pub(super) fn alter_partitions(&mut self, tokens: &[Token]) -> Option<Outcome> {
        // PostgreSQL's words for it.
        if let Some(at) = at_the_top(tokens, &["ATTACH", "PARTITION"]) {
            let (name, rest) = self.name_at(&tokens[at + 2..])?;
            return Some(self.parent_of(&tokens[..at]).and_then(|parent| self.attach(&parent, &name, rest)));
        }
        if let Some(at) = at_the_top(tokens, &["DETACH", "PARTITION"]) {
            let (name, _) = self.name_at(&tokens[at + 2..])?;
            return Some(self.detach(&name));
        }
        if self.rules.partitions_are_tables {
            return None;
        }
        const OTHERS: &[&[&str]] = &[
            &["PARTITION", "BY"],
            &["ADD", "PARTITION"],
            &["DROP", "PARTITION"],
            &["TRUNCATE", "PARTITION"],
            &["REORGANIZE", "PARTITION"],
            &["COALESCE", "PARTITION"],
            &["REMOVE", "PARTITIONING"],
        ];
        // Beside other changes they can't stand but for `PARTITION BY`, which then is at the end.
        let at = OTHERS.iter().find_map(|words| at_the_top(tokens, words))?;
        let (name, rest) = self.name_at(tokens)?;
        if rest.len() != tokens.len() - at {
            return None;
        }
        Some(self.table_mut(&name).map(drop).map(|()| self.leave_split_out(&name)))
    }

    /// `SELECT … INTO table FROM …`, where that makes a table; none where it is another query.
    pub(super) fn select_into(&mut self) -> Option<Outcome> {
        let tokens = self.tokens();
        let into = at_the_top(&tokens, &["INTO"])?;
        let words = tokens[into + 1..]
            .iter()
            .take_while(|token| ["TEMP", "TEMPORARY", "UNLOGGED", "TABLE"].iter().any(|word| is_word(token, word)));
        let words: Vec<&Token> = words.collect();
        // One that only a session sees is in no catalogue afterwards.
        if words.iter().any(|token| is_word(token, "TEMP") || is_word(token, "TEMPORARY")) {
            return None;
        }
        let (path, _) = self.name_at(&tokens[into + 1 + words.len()..])?;
        if self.find_table(&path).is_some() {
            return Some(Err(format!("{path} is there already")));
        }
        let mut table = Table { origin: self.origin.clone(), ..Table::default() };
        self.columns_of_query(&path, &mut table, "SELECT … INTO");
        self.content(&path.namespace).tables.insert(path.name, table);
        Some(Ok(()))
    }

    /// Tells that the columns of a table are those of a query.
    pub(super) fn columns_of_query(&mut self, path: &QualifiedName, table: &mut Table, statement: &str) {
        self.leave_out(&format!("which columns the query of {statement} gives {path}"));
        let text = "its columns are those of a query".to_owned();
        table.opaque.push(Opaque { fact: Fact::Column, name: None, text, origin: self.origin.clone() });
    }

    /// A table as which the name before an `ALTER` is meant.
    fn parent_of(&self, tokens: &[Token]) -> Result<QualifiedName, String> {
        let words = tokens.iter().filter(|token| !["ONLY", "IF", "EXISTS"].iter().any(|word| is_word(token, word)));
        let tokens: Vec<Token> = words.cloned().collect();
        let (name, _) = self.name_at(&tokens).ok_or("its name is not understood")?;
        self.find_table(&name).ok_or_else(|| format!("there is no table {name}"))
    }

    /// The name at the beginning of tokens, and what stands behind it.
    fn name_at<'t>(&self, tokens: &'t [Token]) -> Option<(QualifiedName, &'t [Token])> {
        let length = match tokens {
            [Token::Word(_), Token::Period, Token::Word(_), ..] => 3,
            [Token::Word(_), ..] => 1,
            _ => return None,
        };
        let mut names = self.names(&tokens[..length]);
        let name = names.pop()?;
        Some((self.qualified(names.pop().as_deref().unwrap_or_default(), name), &tokens[length..]))
    }

    /// `name PARTITION OF parent [(constraints)] bounds [PARTITION BY key]`.
    fn create_partition(&mut self, name: &[Token], behind: &[Token]) -> Outcome {
        let is_guarded = name.len() > 3 && is_word(&name[0], "IF");
        let (path, _) = self.name_at(&name[if is_guarded { 3 } else { 0 }..]).ok_or("its name is not understood")?;
        if self.find_table(&path).is_some() {
            return if is_guarded || self.tolerant { Ok(()) } else { Err(format!("{path} is there already")) };
        }
        let (parent, rest) = self.name_at(behind).ok_or("the name of its parent is not understood")?;
        let parent = self.find_table(&parent).ok_or_else(|| format!("there is no table {parent}"))?;
        let (own, rest) = in_brackets(rest);
        let mut table = Table { origin: self.origin.clone(), ..Table::default() };
        if !own.is_empty() {
            let statement = format!("CREATE TABLE parts ({})", written(own));
            let Ok(Statement::CreateTable(parts)) = self.parse(&statement) else {
                return Err("what it has besides its parent's is not understood".to_owned());
            };
            if !parts.columns.is_empty() {
                return Err("what it changes of its parent's columns is not understood".to_owned());
            }
            parts.constraints.iter().try_for_each(|constraint| self.add_constraint(constraint, false, &mut table))?;
        }
        let by = at_the_top(rest, &["PARTITION", "BY"]);
        self.content(&path.namespace).tables.insert(path.name.clone(), table);
        self.put_into(&path, &parent, &rest[..by.unwrap_or(rest.len())]);
        if let Some(by) = by {
            self.split(&path, &rest[by + 2..]);
        }
        Ok(())
    }

    fn attach(&mut self, parent: &QualifiedName, name: &QualifiedName, bounds: &[Token]) -> Outcome {
        let path = self.find_table(name).ok_or_else(|| format!("there is no table {name}"))?;
        self.put_into(&path, parent, bounds);
        // What both have is the parent's from now on.
        let model = self.table_mut(parent)?.clone();
        let table = self.table_mut(&path)?;
        for (column_name, column) in &mut table.columns {
            column.inherited |= model.columns.contains_key(column_name);
        }
        for check in &mut table.checks {
            check.inherited |= model.checks.iter().any(|other| other.name == check.name);
        }
        Ok(())
    }

    fn detach(&mut self, name: &QualifiedName) -> Outcome {
        let path = self.find_table(name).ok_or_else(|| format!("there is no table {name}"))?;
        let table = self.table_mut(&path)?;
        table.partitioning = match table.partitioning.take() {
            Some(Partitioning::PartitionOf { partitioned_by: Some(key), .. }) => Some(Partitioning::PartitionedBy(key)),
            Some(Partitioning::PartitionOf { .. }) => None,
            other => other,
        };
        table.columns.values_mut().for_each(|column| column.inherited = false);
        table.primary_key.iter_mut().for_each(|key| key.inherited = false);
        table.indexes.iter_mut().for_each(|index| index.inherited = false);
        table.foreign_keys.iter_mut().for_each(|key| key.inherited = false);
        table.checks.iter_mut().for_each(|check| check.inherited = false);
        Ok(())
    }

    /// Makes a table a partition.
    fn put_into(&mut self, path: &QualifiedName, parent: &QualifiedName, bounds: &[Token]) {
        let types = self.schema.table(&parent.namespace, &parent.name).and_then(key_types);
        let is_known = types.is_some_and(|types| self.are_plain(bounds, &types));
        let origin = self.origin.clone();
        // As the catalogue has it.
        let parent = if parent.namespace == path.namespace {
            parent.name.clone()
        } else {
            format!("{}.{}", parent.namespace, parent.name)
        };
        let Ok(table) = self.table_mut(path) else { return };
        let partitioned_by = match table.partitioning.take() {
            Some(Partitioning::PartitionedBy(key)) => Some(key),
            _ => None,
        };
        let bounds = bounds_text(bounds);
        if !is_known {
            // A server writes moments and other constants in its own words.
            let text = bounds.clone();
            table.opaque.push(Opaque { fact: Fact::Partitioning, name: None, text, origin });
        }
        table.partitioning = Some(Partitioning::PartitionOf { parent, bounds, partitioned_by });
    }

    /// Splits a table by a key, where that is plain columns.
    fn split(&mut self, path: &QualifiedName, key: &[Token]) {
        let text = self.rules.partitions_are_tables.then(|| self.key_text(path, key)).flatten();
        let Some(text) = text else { return self.leave_split_out(path) };
        let Ok(table) = self.table_mut(path) else { return };
        table.partitioning = Some(match table.partitioning.take() {
            Some(Partitioning::PartitionOf { parent, bounds, .. }) => {
                Partitioning::PartitionOf { parent, bounds, partitioned_by: Some(text) }
            }
            _ => Partitioning::PartitionedBy(text),
        });
    }

    /// `RANGE (a, b)` as the server writes it; none where the key has expressions, collations or operator classes.
    fn key_text(&self, path: &QualifiedName, key: &[Token]) -> Option<String> {
        let [method, Token::LParen, columns @ .., Token::RParen] = key else { return None };
        let mut names = Vec::new();
        for part in columns.split(|token| *token == Token::Comma) {
            let [only] = part else { return None };
            names.extend(self.names(std::slice::from_ref(only)));
        }
        let table = self.schema.table(&path.namespace, &path.name)?;
        let is_plain = !names.is_empty() && names.iter().all(|name| table.columns.contains_key(name));
        // The columns of a partition are its parent's, and not there yet.
        let is_plain = is_plain || matches!(table.partitioning, Some(Partitioning::PartitionOf { .. }));
        let quoted: Vec<String> = names.iter().map(|name| (self.rules.grammar.quote)(name)).collect();
        is_plain.then(|| keyword(method)).flatten().map(|method| format!("{method} ({})", quoted.join(", ")))
    }

    /// Whether the server writes these bounds as they are: whole numbers, texts, labels and days.
    fn are_plain(&self, bounds: &[Token], types: &[DataType]) -> bool {
        const NUMBERS: &[&str] = &["int", "integer", "bigint", "smallint", "int2", "int4", "int8"];
        const TEXTS: &[&str] = &["text", "varchar", "char", "character varying", "bpchar", "character"];
        let is_hash = bounds.iter().any(|token| is_word(token, "MODULUS"));
        let named = |wanted: &[&str]| {
            types.iter().all(|data_type| {
                let text = self.rules.dialect.type_text(data_type).to_lowercase();
                let name = text.split('(').next().unwrap_or_default().trim();
                matches!(data_type, DataType::Named(_)) && wanted.contains(&name)
            })
        };
        let (numbers, texts, days) = (named(NUMBERS), named(TEXTS), named(&["date"]));
        let labels = types.iter().all(|data_type| matches!(data_type, DataType::Enum { .. }));
        bounds.iter().all(|token| match token {
            Token::Number(..) => numbers || is_hash,
            Token::SingleQuotedString(text) => texts || labels || days && is_day(text),
            Token::Word(_) | Token::Comma | Token::LParen | Token::RParen => true,
            _ => false,
        })
    }

    /// A table and its partitions, and theirs.
    pub(super) fn with_partitions(&self, path: &QualifiedName) -> Vec<QualifiedName> {
        let mut found = vec![path.clone()];
        let mut at = 0;
        while let Some(parent) = found.get(at).cloned() {
            let partitions = self
                .schema
                .tables()
                .filter(|(namespace, _, table)| parent_in(namespace, table).as_ref() == Some(&parent));
            let more: Vec<QualifiedName> =
                partitions.map(|(namespace, name, _)| QualifiedName::new(namespace, name)).collect();
            found.extend(more.into_iter().filter(|name| !found.contains(name)).collect::<Vec<_>>());
            at += 1;
        }
        found
    }

    /// Gives a column of the key that a table is split by its new name.
    pub(super) fn rename_in_key(&mut self, path: &QualifiedName, from: &str, to: &str) {
        let quote = self.rules.grammar.quote;
        let Ok(table) = self.table_mut(path) else { return };
        let (Some(Partitioning::PartitionedBy(key))
        | Some(Partitioning::PartitionOf { partitioned_by: Some(key), .. })) = &mut table.partitioning
        else {
            return;
        };
        if let Some((method, columns)) = key.split_once(" (") {
            let renamed = |name: &str| if name == quote(from) { quote(to) } else { name.to_owned() };
            let columns: Vec<String> = columns.trim_end_matches(')').split(", ").map(renamed).collect();
            *key = format!("{method} ({})", columns.join(", "));
        }
    }

    /// Tells that a table is split in a way that is not replayed.
    fn leave_split_out(&mut self, path: &QualifiedName) {
        self.leave_out(&format!("how {path} is parted (PARTITION BY)"));
        let opaque = Opaque {
            fact: Fact::Partitioning,
            name: None,
            text: "PARTITION BY".to_owned(),
            origin: self.origin.clone(),
        };
        if let Ok(table) = self.table_mut(path) {
            table.opaque.push(opaque);
        }
    }
}

fn is_word(token: &Token, word: &str) -> bool {
    keyword(token).as_deref() == Some(word)
}

/// Where words stand one behind the other outside of brackets.
fn at_the_top(tokens: &[Token], words: &[&str]) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            _ => {
                let mut rest = tokens[at..].iter();
                if words.iter().all(|word| rest.next().is_some_and(|token| is_word(token, word))) {
                    return Some(at);
                }
            }
        }
    }
    None
}

/// What stands in brackets at the beginning, and what behind them.
fn in_brackets(tokens: &[Token]) -> (&[Token], &[Token]) {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return if at == 0 { (&[], tokens) } else { (&tokens[1..at], &tokens[at + 1..]) };
        }
    }
    (&[], tokens)
}

/// Tokens as a text that has the same tokens.
fn written(tokens: &[Token]) -> String {
    tokens.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// Bounds as the server writes them, as far as that is known: `FOR VALUES FROM (1) TO (10)`.
fn bounds_text(tokens: &[Token]) -> String {
    let mut text = String::new();
    let mut is_first = true;
    for token in tokens {
        let word = match (token, keyword(token)) {
            (_, Some(word)) if word == "MODULUS" || word == "REMAINDER" => word.to_lowercase(),
            (_, Some(word)) => word,
            (token, None) => token.to_string(),
        };
        let sticks = matches!(token, Token::Comma | Token::RParen);
        if !is_first && !sticks && !text.ends_with('(') {
            text.push(' ');
        }
        is_first = false;
        text.push_str(&word);
    }
    text
}

/// The types of the columns that a table is split by; none where it is not known by what.
fn key_types(table: &Table) -> Option<Vec<DataType>> {
    let (Some(Partitioning::PartitionedBy(key)) | Some(Partitioning::PartitionOf { partitioned_by: Some(key), .. })) =
        &table.partitioning
    else {
        return None;
    };
    let columns = key.split_once('(')?.1.trim_end_matches(')');
    let column = |name: &str| table.columns.get(name.trim().trim_matches('"')).map(|it| it.data_type.clone());
    columns.split(',').map(column).collect()
}

/// Whether a text is a day as the server writes it: `2026-01-31`.
fn is_day(text: &str) -> bool {
    let is_right =
        |(at, letter): (usize, char)| if at == 4 || at == 7 { letter == '-' } else { letter.is_ascii_digit() };
    text.len() == 10 && text.char_indices().all(is_right)
}

/// The parent of a partition in a namespace; none of another table.
fn parent_in(namespace: &str, table: &Table) -> Option<QualifiedName> {
    let Some(Partitioning::PartitionOf { parent, .. }) = &table.partitioning else { return None };
    Some(match parent.split_once('.') {
        Some((namespace, name)) => QualifiedName::new(namespace, name),
        None => QualifiedName::new(namespace, parent.clone()),
    })
}

/// Gives every partition what its parent has; one whose parent is gone goes with it.
pub(super) fn derive(schema: &mut Schema) {
    for _ in 0..DEEPEST {
        let partitions: Vec<(QualifiedName, QualifiedName)> = schema
            .tables()
            .filter_map(|(namespace, name, table)| {
                Some((QualifiedName::new(namespace, name), parent_in(namespace, table)?))
            })
            .collect();
        let mut has_changed = false;
        for (path, parent) in partitions {
            let model = schema.table(&parent.namespace, &parent.name).cloned();
            let Some(content) = schema.namespaces.get_mut(&path.namespace) else { continue };
            match (model, content.tables.get_mut(&path.name)) {
                (Some(model), Some(table)) => {
                    let before = table.clone();
                    inherit(table, &model);
                    has_changed |= before != *table;
                }
                (None, Some(_)) => has_changed |= content.tables.remove(&path.name).is_some(),
                (_, None) => {}
            }
        }
        if !has_changed {
            return;
        }
    }
}

fn inherit(table: &mut Table, model: &Table) {
    table.columns.retain(|name, column| !column.inherited || model.columns.contains_key(name));
    for (name, column) in &model.columns {
        let origin = table.columns.get(name).map_or_else(|| table.origin.clone(), |own| own.origin.clone());
        table.columns.insert(name.clone(), Column { origin, ..derived(column) });
    }
    table.primary_key = match (table.primary_key.take(), &model.primary_key) {
        (Some(own), Some(of_model)) if own.parts == of_model.parts => Some(PrimaryKey { inherited: true, ..own }),
        (_, Some(of_model)) => {
            Some(PrimaryKey { name: None, inherited: true, origin: table.origin.clone(), ..of_model.clone() })
        }
        (own, None) => own.filter(|key| !key.inherited),
    };
    let is_of_model = |index: &Index| model.indexes.iter().any(|other| same_shape(index, other));
    table.indexes.retain(|index| !index.inherited || is_of_model(index));
    for index in &model.indexes {
        match table.indexes.iter_mut().find(|own| same_shape(own, index)) {
            Some(own) => own.inherited = true,
            None => {
                table.indexes.push(Index { name: None, inherited: true, origin: table.origin.clone(), ..index.clone() })
            }
        }
    }
    table.foreign_keys.retain(|key| !key.inherited);
    for key in &model.foreign_keys {
        table.foreign_keys.retain(|own| own.name != key.name);
        table.foreign_keys.push(ForeignKey { inherited: true, origin: table.origin.clone(), ..key.clone() });
    }
    table.checks.retain(|check| !check.inherited);
    for check in model.checks.iter().filter(|check| !check.no_inherit) {
        table.checks.retain(|own| own.name != check.name);
        let origin = table.origin.clone();
        table.checks.push(ormsync_schema::Check { inherited: true, origin, ..check.clone() });
    }
    for (name, trigger) in model.triggers.iter().filter(|(_, trigger)| trigger.for_each_row) {
        table.triggers.entry(name.clone()).or_insert_with(|| trigger.clone());
    }
}

/// A column as a partition has it. A number that the parent's sequence gives comes from there: as an identity since PostgreSQL
/// 17, as a default before that.
fn derived(column: &Column) -> Column {
    let mut column = Column { inherited: true, comment: None, ..column.clone() };
    if column.identity.take().is_some() {
        column.default = Some(DefaultValue::Unreadable("the next number of its parent".to_owned()));
        column.numbered_by = None;
    }
    column
}

fn same_shape(left: &Index, right: &Index) -> bool {
    let plain = |index: &Index| Index {
        name: None,
        inherited: false,
        origin: ormsync_schema::Origin::nowhere(),
        comment: None,
        ..index.clone()
    };
    plain(left) == plain(right)
}
