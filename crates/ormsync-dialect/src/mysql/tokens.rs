//! Operators of MySQL that the parser knows by other precedences or not at all, put into the words that
//! it reads rightly.

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, Word};

/// Rewrites the tokens of an expression, blanks left out.
pub(super) fn in_standard_words(tokens: Vec<Token>) -> Vec<Token> {
    let words = in_known_words(tokens);
    if words.iter().any(|token| is(Some(token), "xor")) { with_xor_in_parentheses(&words) } else { words }
}

/// XOR holds less tightly than AND and comparisons (reference manual, "Operator Precedence"), which the parser does not
/// know: its operands get parentheses. MariaDB prints them without.
fn with_xor_in_parentheses(tokens: &[Token]) -> Vec<Token> {
    const ENDS: [&str; 7] = ["or", "case", "when", "then", "else", "end", "separator"];
    let mut written = Vec::with_capacity(tokens.len() + 4);
    // Where the operand begins in what is written, and whether it is one of XOR.
    let (mut begins, mut of_xor) = (0, false);
    let mut rest = tokens;
    while let [token, behind @ ..] = rest {
        rest = behind;
        let is_xor = is(Some(token), "xor");
        if is_xor || *token == Token::Comma || ENDS.iter().any(|word| is(Some(token), word)) {
            if of_xor || is_xor {
                put_in_parentheses(&mut written, begins);
            }
            of_xor = is_xor;
            written.push(token.clone());
            begins = written.len();
            continue;
        }
        written.push(token.clone());
        if *token == Token::LParen {
            let end = closing(behind);
            written.extend(with_xor_in_parentheses(&behind[..end]));
            rest = &behind[end..];
        }
    }
    if of_xor {
        put_in_parentheses(&mut written, begins);
    }
    written
}

/// Puts what is written from there on in parentheses.
fn put_in_parentheses(written: &mut Vec<Token>, begins: usize) {
    written.insert(begins, Token::LParen);
    written.push(Token::RParen);
}

/// Where the parenthesis that is open in front of these tokens is closed, or their end.
fn closing(tokens: &[Token]) -> usize {
    let mut depth = 0_usize;
    for (position, token) in tokens.iter().enumerate() {
        match token {
            Token::LParen => depth += 1,
            Token::RParen if depth == 0 => return position,
            Token::RParen => depth -= 1,
            _ => {}
        }
    }
    tokens.len()
}

fn in_known_words(tokens: Vec<Token>) -> Vec<Token> {
    let mut rest = tokens.as_slice();
    let mut words = Vec::with_capacity(tokens.len());
    while let [token, behind @ ..] = rest {
        rest = behind;
        match token {
            // Unless a mode says otherwise.
            Token::Overlap => words.push(keyword("AND", Keyword::AND)),
            Token::StringConcat => words.push(keyword("OR", Keyword::OR)),
            Token::ExclamationMark => rest = push_negation(behind, &mut words),
            _ if is(Some(token), "mod") && words.last().is_some_and(ends_operand) => words.push(Token::Mod),
            _ => match character_set_length(token, behind) {
                0 => words.push(token.clone()),
                length => rest = &behind[length - 1..],
            },
        }
    }
    words
}

fn keyword(word: &str, keyword: Keyword) -> Token {
    Token::Word(Word { value: word.to_owned(), quote_style: None, keyword })
}

fn is(token: Option<&Token>, word: &str) -> bool {
    matches!(token, Some(Token::Word(other)) if other.quote_style.is_none() && other.value.eq_ignore_ascii_case(word))
}

/// `!(x)` is `(NOT (x))`: `!` holds tighter than NOT does. Gives back what comes behind it.
fn push_negation<'a>(behind: &'a [Token], words: &mut Vec<Token>) -> &'a [Token] {
    let mut depth = 0usize;
    let mut end = None;
    for (position, token) in behind.iter().enumerate() {
        match token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            end = (position > 0).then_some(position + 1);
            break;
        }
    }
    let Some(end) = end else {
        words.push(Token::ExclamationMark);
        return behind;
    };
    words.extend([Token::LParen, keyword("NOT", Keyword::NOT)]);
    words.extend(in_known_words(behind[..end].to_vec()));
    words.push(Token::RParen);
    &behind[end..]
}

/// Whether an operand ends here, so that a `mod` that follows is the operator, not the function.
fn ends_operand(token: &Token) -> bool {
    match token {
        Token::Number(..) | Token::RParen | Token::SingleQuotedString(_) => true,
        Token::Word(word) => word.keyword == Keyword::NoKeyword || word.quote_style.is_some(),
        _ => false,
    }
}

/// `CAST(x AS char charset utf8mb4)` is what the server makes of `CAST(x AS char)`: so many tokens of a
/// character set begin here. Bytes (`charset binary`) are another thing, and stay.
fn character_set_length(token: &Token, behind: &[Token]) -> usize {
    let name = if is(Some(token), "charset") {
        0
    } else if is(Some(token), "character") && is(behind.first(), "set") {
        1
    } else {
        return 0;
    };
    match behind.get(name) {
        Some(Token::Word(word)) if !word.value.eq_ignore_ascii_case("binary") => name + 2,
        _ => 0,
    }
}
