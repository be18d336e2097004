//! `DO` blocks of PostgreSQL: the statements in them, with the usual guards against what is there already.

use sqlparser::tokenizer::Token;

use super::{Outcome, Replay, script};

impl Replay<'_> {
    /// Carries out the statements of a block: `BEGIN … EXCEPTION WHEN duplicate_object THEN null; END`, and those behind
    /// `IF NOT EXISTS (…) THEN`. They are taken as guarded, which both of these are.
    ///
    /// # Errors
    /// When the block holds anything else.
    pub(super) fn block(&mut self, tokens: &[Token]) -> Outcome {
        let body = tokens.iter().find_map(|token| match token {
            Token::DollarQuotedString(body) => Some(body.value.clone()),
            Token::EscapedStringLiteral(body) | Token::SingleQuotedString(body) => Some(body.clone()),
            _ => None,
        });
        let body = body.ok_or("its body is not understood")?;
        for part in script::statements(&body, self.rules) {
            let Some(statement) = without_guards(part.text) else { continue };
            if statement.eq_ignore_ascii_case("exception") {
                return Ok(());
            }
            let mut inner = Replay {
                schema: &mut *self.schema,
                rules: self.rules,
                origin: self.origin.clone(),
                text: statement,
                diagnostics: &mut *self.diagnostics,
                tolerant: true,
            };
            inner.statement()?;
        }
        Ok(())
    }
}

/// A statement of a block without what stands around it; none where nothing is left.
fn without_guards(part: &str) -> Option<&str> {
    let mut rest = part.trim();
    loop {
        let word = rest.split_whitespace().next()?;
        let behind = || rest[word.len()..].trim_start();
        rest = match word.to_ascii_uppercase().as_str() {
            "BEGIN" => behind(),
            "END" => return None,
            "EXCEPTION" => return Some("exception"),
            // The guard of the statement behind it.
            "IF" => {
                let at = rest.to_ascii_uppercase().find(" THEN")?;
                rest[at + " THEN".len()..].trim_start()
            }
            _ => return Some(rest),
        };
    }
}
