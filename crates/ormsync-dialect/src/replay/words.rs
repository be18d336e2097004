//! Statements that `sqlparser` has no tree for, by their words.

use ormsync_schema::{DefaultValue, Identity};
use sqlparser::tokenizer::{Token, Tokenizer};

use super::{Outcome, Replay};

impl Replay<'_> {
    /// The first words of the statement, in capitals.
    pub(super) fn words(&self) -> Vec<String> {
        let words = self.text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        words.filter(|word| !word.is_empty()).take(3).map(str::to_ascii_uppercase).collect()
    }

    /// Carries out a statement that is told by its words; none where it is another one.
    pub(super) fn without_tree(&mut self) -> Option<Outcome> {
        let tokens = self.tokens();
        let word = |position: usize| tokens.get(position).and_then(keyword).unwrap_or_default();
        if word(0) == "CREATE"
            && let Some(outcome) = self.create_split_table(&tokens)
        {
            return Some(outcome);
        }
        match (word(0).as_str(), word(1).as_str()) {
            ("DO", _) => Some(self.block(&tokens)),
            ("ALTER", "INDEX") if word(2) == "IF" && word(3) == "EXISTS" => self.rename_index_if_there(&tokens[4..]),
            ("ALTER", "TABLE") => {
                self.rename_index_of_table(&tokens[2..]).or_else(|| self.alter_partitions(&tokens[2..]))
            }
            ("CREATE", "VIRTUAL") if word(2) == "TABLE" => Some(self.create_virtual_table(&tokens[3..])),
            // No part of a schema here: a column says which it has.
            ("CREATE" | "DROP" | "ALTER", "COLLATION" | "CAST" | "PUBLICATION" | "SUBSCRIPTION" | "TABLESPACE") => {
                Some(Ok(()))
            }
            ("ALTER", "SEQUENCE") => Some(self.alter_sequence(&tokens[2..])),
            // Rights, and what only its owner sees.
            ("ALTER", "DEFAULT" | "DATABASE" | "ROLE" | "USER" | "SYSTEM" | "EXTENSION" | "EVENT") => Some(Ok(())),
            ("CREATE" | "DROP", "ROLE" | "USER" | "DATABASE") => Some(Ok(())),
            _ => None,
        }
    }

    /// SQLite's `CREATE VIRTUAL TABLE t USING module(…)`: its columns are the module's.
    fn create_virtual_table(&mut self, tokens: &[Token]) -> Outcome {
        let word = |position: usize| tokens.get(position).and_then(keyword).unwrap_or_default();
        let is_guarded = word(0) == "IF" && word(1) == "NOT" && word(2) == "EXISTS";
        let names = if is_guarded { tokens.get(3..) } else { Some(tokens) };
        let name = names
            .and_then(|names| self.names(&names[..names.len().min(1)]).pop())
            .ok_or("its name is not understood")?;
        let path = self.qualified("", name);
        if self.find_table(&path).is_some() {
            return if is_guarded { Ok(()) } else { Err(format!("{path} is there already")) };
        }
        let mut table = ormsync_schema::Table { origin: self.origin.clone(), ..ormsync_schema::Table::default() };
        crate::sqlite::make_virtual(&mut table, self.text);
        self.content(&path.namespace).tables.insert(path.name, table);
        Ok(())
    }

    /// The tokens of the statement, without blanks; none where it is no SQL.
    pub(super) fn tokens(&self) -> Vec<Token> {
        let dialect = (self.rules.grammar.parser)();
        let mut tokens =
            Tokenizer::new(dialect.as_ref(), self.text).with_unescape(false).tokenize().unwrap_or_default();
        tokens.retain(|token| !matches!(token, Token::Whitespace(_)));
        tokens
    }

    /// `ALTER INDEX IF EXISTS a RENAME TO b`; none where it is another one.
    fn rename_index_if_there(&mut self, tokens: &[Token]) -> Option<Outcome> {
        let at = tokens.iter().position(|token| keyword(token).as_deref() == Some("RENAME"))?;
        let [_, to, Token::Word(_)] = &tokens[at..] else { return None };
        if keyword(to).as_deref() != Some("TO") {
            return None;
        }
        let mut path = self.names(&tokens[..at]);
        let (name, to) = (path.pop()?, self.names(&tokens[at + 2..]).pop()?);
        let from = self.qualified(path.pop().as_deref().unwrap_or_default(), name);
        // Where it is not there, nothing is asked.
        Some(self.rename_index_to(&from, to).or(Ok(())))
    }

    /// `ALTER TABLE t RENAME INDEX a TO b`, in MySQL's words; none where it is another one.
    fn rename_index_of_table(&mut self, tokens: &[Token]) -> Option<Outcome> {
        let at = tokens.iter().position(|token| keyword(token).as_deref() == Some("RENAME"))?;
        let [_, kind, Token::Word(_), to, Token::Word(_)] = &tokens[at..] else { return None };
        let is_index = matches!(keyword(kind).as_deref(), Some("INDEX" | "KEY"));
        if !is_index || keyword(to).as_deref() != Some("TO") {
            return None;
        }
        let mut path = self.names(&tokens[..at]);
        let (from, to) = (self.names(&tokens[at + 2..at + 3]).pop()?, self.names(&tokens[at + 4..]).pop()?);
        let table = path.pop()?;
        let table = self.qualified(path.pop().as_deref().unwrap_or_default(), table);
        let dialect = self.rules.dialect;
        let found = match self.table_mut(&table) {
            Ok(found) => found,
            Err(problem) => return Some(Err(problem)),
        };
        let is_it = |name: &Option<String>| name.as_deref().is_some_and(|name| dialect.same_name(name, &from));
        Some(match found.indexes.iter_mut().find(|index| is_it(&index.name)) {
            Some(index) => {
                index.name = Some(to);
                // Who gives it a name has it: MySQL no longer takes it away on its own.
                index.implicit = false;
                Ok(())
            }
            None => Err(format!("{table} has no index {from}")),
        })
    }

    /// `ALTER SEQUENCE name OWNED BY table.column`: the sequence numbers the column then, as `serial` does.
    fn alter_sequence(&mut self, tokens: &[Token]) -> Outcome {
        let at = tokens.windows(2).position(|pair| {
            let words = (keyword(&pair[0]), keyword(&pair[1]));
            words == (Some("OWNED".to_owned()), Some("BY".to_owned()))
        });
        let Some(at) = at else { return Err("only OWNED BY is known of ALTER SEQUENCE".to_owned()) };
        let mut sequence = self.names(&tokens[..at]);
        let mut owner = self.names(&tokens[at + 2..]);
        let (Some(name), Some(column)) = (sequence.pop(), owner.pop()) else {
            return Err("its names are not understood".to_owned());
        };
        let sequence = self.qualified(sequence.pop().as_deref().unwrap_or_default(), name);
        let Some(table) = owner.pop() else { return Ok(()) };
        let path = self.qualified(owner.pop().as_deref().unwrap_or_default(), table);
        let usual = (self.rules.sequence_name)(&path.name, &column);
        let own_name = (usual != sequence.name).then(|| sequence.name.clone());
        let found = self.table_mut(&path)?.columns.get_mut(&column);
        let found = found.ok_or_else(|| format!("{path} has no column {column}"))?;
        let takes =
            matches!(&found.default, Some(DefaultValue::NextValue { sequence: other, .. }) if *other == sequence.name);
        if !takes {
            return Ok(());
        }
        found.default = None;
        found.identity = Some(Identity::auto_increment().into());
        found.numbered_by = own_name;
        self.content(&sequence.namespace).sequences.remove(&sequence.name);
        Ok(())
    }

    /// The names among tokens, as the catalogue keeps them.
    pub(super) fn names(&self, tokens: &[Token]) -> Vec<String> {
        let name = |token: &Token| match token {
            Token::Word(word) => Some((self.rules.grammar.fold)(&sqlparser::ast::Ident {
                value: word.value.clone(),
                quote_style: word.quote_style,
                span: sqlparser::tokenizer::Span::empty(),
            })),
            _ => None,
        };
        tokens.iter().filter_map(name).collect()
    }
}

/// A word without quotes, in capitals.
pub(super) fn keyword(token: &Token) -> Option<String> {
    match token {
        Token::Word(word) if word.quote_style.is_none() => Some(word.value.to_ascii_uppercase()),
        _ => None,
    }
}
