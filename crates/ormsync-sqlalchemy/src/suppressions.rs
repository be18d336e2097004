//! `# ormsync: allow[rule] reason` on a class, a table, or a column.

use std::sync::Arc;

use ormsync_schema::{Origin, SUPPRESSION_MARK, SourceFiles, Span, Suppression, parse_suppression};
use ruff_python_ast::PySourceType;
use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_parser::parse_unchecked_source;
use ruff_text_size::Ranged as _;

/// The suppressions in the files that were read. One on a line of its own is about the next statement's first
/// logical line, one behind or inside something is about the logical line it is in.
pub fn suppressions(files: &SourceFiles) -> Vec<Suppression> {
    let marked = files.iter().filter(|(_, file)| file.text().contains(SUPPRESSION_MARK));
    marked.flat_map(|(path, file)| in_file(path, file.text())).collect()
}

fn in_file(path: &Arc<str>, text: &str) -> Vec<Suppression> {
    let parsed = parse_unchecked_source(text, PySourceType::Python);
    let tokens: Vec<Token> = parsed.tokens().iter().copied().collect();
    tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| token.kind() == TokenKind::Comment)
        .filter_map(|(at, token)| {
            let comment = Span::new(token.start().to_usize(), token.end().to_usize());
            let (rules, reason) = parse_suppression(text.get(comment.start..comment.end)?.trim_start_matches('#'))?;
            Some(Suppression { rules, reason, target: target(&tokens, at), origin: Origin::file(path, comment) })
        })
        .collect()
}

/// The logical line that a comment is about; of what is decorated, all lines up to its name.
fn target(tokens: &[Token], comment: usize) -> Span {
    let begins = |kind: TokenKind| matches!(kind, TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent);
    let says = |token: &&Token| !token.kind().is_trivia() && !begins(token.kind());
    let before = tokens[..comment].iter().rev().take_while(|token| token.kind() != TokenKind::Newline);
    let first = before.filter(says).last();
    let Some(first) = first.or_else(|| tokens[comment..].iter().find(says)) else {
        return Span::default();
    };
    let start = first.start().to_usize();
    let mut decorated = first.kind() == TokenKind::At;
    let mut end = start;
    for token in tokens.iter().filter(|token| token.start() >= first.start()) {
        end = token.end().to_usize();
        match token.kind() {
            TokenKind::Newline if !decorated => break,
            TokenKind::Class | TokenKind::Def => decorated = false,
            _ => {}
        }
    }
    Span::new(start, end)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_comment_is_about_its_statement_or_the_next() {
        let text = "import x\n\n# ormsync: allow[table-missing] ours\n@decorated\nclass User(Base):\n    # ormsync: allow[column-type]\n    # more\n    name = Column(\n        String(3),  # ormsync: allow(column-nullable) old\n        nullable=True,\n    )\n    note = '# ormsync: allow[x] no'\n";
        let mut files = SourceFiles::default();
        files.insert("models.py", text);
        let told: Vec<(String, String, String)> = suppressions(&files)
            .into_iter()
            .map(|it| (it.rules.join(","), it.reason, text[it.target.start..it.target.end].trim().to_owned()))
            .collect();
        assert_eq!(told.len(), 3, "{told:?}");
        assert_eq!((told[0].0.as_str(), told[0].1.as_str()), ("table-missing", "ours"));
        assert!(told[0].2.starts_with("@decorated") && told[0].2.ends_with("class User(Base):"), "{told:?}");
        for name in [&told[1], &told[2]] {
            assert!(name.2.starts_with("name = Column(") && name.2.ends_with(')'), "{name:?}");
        }
    }
}
