//! Splitting the text of a type into words, quoted names, arguments and symbols; shared by the
//! dialects' `types.rs`, which know what the words mean.

use std::collections::HashMap;

use ormsync_schema::{DataType, NamedType, TypeArgument};

/// Longer texts are no type; nothing is gained by looking at them.
const LONGEST_TYPE: usize = 100_000;

/// A piece of a type's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// A bare word, as written.
    Word(String),
    /// A name in double quotes, backticks or brackets, unquoted.
    Quoted(String),
    /// A string constant, unquoted and unescaped.
    Text(String),
    /// A whole number.
    Number(i64),
    /// One of `( ) , . [ ]`.
    Symbol(char),
}

/// Which characters quote what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quoting {
    /// The character that quotes names.
    pub(crate) name: char,
    /// Whether a backslash escapes in string constants.
    pub(crate) backslash: bool,
}

/// What stands before, inside and behind the parentheses of a type.
#[derive(Debug, Clone, Default)]
pub(crate) struct TypeText {
    /// Before the parentheses.
    pub(crate) head: Vec<Token>,
    /// Inside, split at commas; none where there are no parentheses.
    pub(crate) arguments: Option<Vec<Vec<Token>>>,
    /// Behind.
    pub(crate) tail: Vec<Token>,
}

/// Types that a catalogue has named: it has many columns and few types.
pub(crate) struct KnownTypes<'text> {
    parse: fn(&str) -> DataType,
    known: HashMap<&'text str, DataType>,
}

impl<'text> KnownTypes<'text> {
    /// None yet; new ones are parsed by this.
    pub(crate) fn new(parse: fn(&str) -> DataType) -> Self {
        Self { parse, known: HashMap::new() }
    }

    /// The type of a text.
    pub(crate) fn get(&mut self, text: &'text str) -> DataType {
        self.known.entry(text).or_insert_with(|| (self.parse)(text)).clone()
    }
}

/// Splits a type's text; none where it can't be a type (unclosed quotes, stray characters).
pub(crate) fn tokenise(text: &str, quoting: Quoting) -> Option<Vec<Token>> {
    if text.len() > LONGEST_TYPE {
        return None;
    }
    let mut tokens = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(&character) = rest.peek() {
        match character {
            _ if character.is_whitespace() => {
                rest.next();
            }
            '(' | ')' | ',' | '.' | '[' | ']' => {
                rest.next();
                tokens.push(Token::Symbol(character));
            }
            '\'' => {
                rest.next();
                tokens.push(Token::Text(quoted(&mut rest, '\'', quoting.backslash)?));
            }
            _ if character == quoting.name => {
                rest.next();
                tokens.push(Token::Quoted(quoted(&mut rest, quoting.name, false)?));
            }
            // MySQL without ANSI_QUOTES takes double quotes as string constants.
            '"' => {
                rest.next();
                tokens.push(Token::Text(quoted(&mut rest, '"', quoting.backslash)?));
            }
            '-' | '0'..='9' => {
                rest.next();
                let mut digits = String::from(character);
                while let Some(digit) = rest.next_if(char::is_ascii_digit) {
                    digits.push(digit);
                }
                tokens.push(Token::Number(digits.parse().ok()?));
            }
            _ if is_word(character) => {
                let mut word = String::new();
                while let Some(next) = rest.next_if(|next| is_word(*next) || next.is_ascii_digit() || *next == '$') {
                    word.push(next);
                }
                tokens.push(Token::Word(word));
            }
            _ => return None,
        }
    }
    Some(tokens)
}

/// The rest of a quoted piece whose opening quote is read; a doubled quote stands for itself.
fn quoted(rest: &mut std::iter::Peekable<std::str::Chars<'_>>, quote: char, backslash: bool) -> Option<String> {
    let mut content = String::new();
    loop {
        let character = rest.next()?;
        if character == quote {
            if rest.next_if_eq(&quote).is_none() {
                return Some(content);
            }
            content.push(quote);
        } else if character == '\\' && backslash {
            content.push(unescaped(rest.next()?));
        } else {
            content.push(character);
        }
    }
}

/// What `\x` stands for in a MySQL string constant (reference manual, "String Literals").
pub(crate) fn unescaped(character: char) -> char {
    match character {
        '0' => '\0',
        'b' => '\u{8}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'Z' => '\u{1a}',
        other => other,
    }
}

fn is_word(character: char) -> bool {
    character.is_alphabetic() || character == '_'
}

impl TypeText {
    /// Groups tokens around the first pair of parentheses; none where parentheses nest or don't close.
    pub(crate) fn new(tokens: &[Token]) -> Option<Self> {
        let Some(open) = tokens.iter().position(|token| *token == Token::Symbol('(')) else {
            return (!tokens.contains(&Token::Symbol(')'))).then(|| Self {
                head: tokens.to_vec(),
                arguments: None,
                tail: Vec::new(),
            });
        };
        let close = tokens.iter().position(|token| *token == Token::Symbol(')'))?;
        let (inside, tail) = (tokens.get(open + 1..close)?, &tokens[close + 1..]);
        if tail.iter().chain(inside).any(|token| matches!(token, Token::Symbol('(' | ')'))) {
            return None;
        }
        let arguments = if inside.is_empty() {
            Vec::new()
        } else {
            inside.split(|token| *token == Token::Symbol(',')).map(<[Token]>::to_vec).collect()
        };
        Some(Self { head: tokens[..open].to_vec(), arguments: Some(arguments), tail: tail.to_vec() })
    }

    /// The arguments as numbers and lower-case words; none where one is something else.
    pub(crate) fn type_arguments(&self) -> Option<Vec<TypeArgument>> {
        let argument = |tokens: &Vec<Token>| match tokens.as_slice() {
            [Token::Number(number)] => Some(TypeArgument::Number(*number)),
            [Token::Word(word)] => Some(TypeArgument::Word(word.to_lowercase())),
            _ => None,
        };
        self.arguments.iter().flatten().map(argument).collect()
    }
}

/// The lower-case words of tokens; none where one is no word.
pub(crate) fn words(tokens: &[Token]) -> Option<Vec<String>> {
    tokens
        .iter()
        .map(|token| match token {
            Token::Word(word) => Some(word.to_lowercase()),
            _ => None,
        })
        .collect()
}

/// Prints a named type: name, arguments, modifiers.
pub(crate) fn print_named(named: &NamedType) -> String {
    let mut text = named.name.clone();
    text.push_str(&print_arguments(&named.arguments));
    for modifier in &named.modifiers {
        text.push(' ');
        text.push_str(modifier);
    }
    text
}

/// Prints arguments in parentheses; nothing where there are none.
pub(crate) fn print_arguments(arguments: &[TypeArgument]) -> String {
    if arguments.is_empty() {
        return String::new();
    }
    let arguments: Vec<String> = arguments
        .iter()
        .map(|argument| match argument {
            TypeArgument::Number(number) => number.to_string(),
            TypeArgument::Word(word) => word.clone(),
        })
        .collect();
    format!("({})", arguments.join(","))
}
