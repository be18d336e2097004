//! Cutting a file into parts that can be read apart: a line that opens a block (`BLOCK_HEAD` in the grammar) ends
//! whatever stands before it, read or not. So large files are read by several threads, and a datasource is found
//! without reading the models.
//!
//! Only a comment over several lines may hold such a line without opening a block, and only in a `namespace` block of
//! Prisma 8 does more than the line belong to it: behind the first `/*` or `namespace` nothing is cut.

use memchr::memmem;

use super::guard::guard;
use super::parse_part;
use super::tree::Document;
use crate::threads;

/// Bytes of a part: enough that cutting costs nothing, few enough that what the grammar keeps of one stays near the
/// processor.
const PART: usize = 8 * 1024;

/// Bytes below which one thread is as fast.
const WORTH_THREADS: usize = 32 * 1024;

/// Reads a whole file.
pub(super) fn parse(text: &str) -> Document {
    if text.len() < WORTH_THREADS {
        return parse_part(text, 0);
    }
    let parts = cut(text);
    let read = threads::each(&parts, |&(start, end)| parse_part(&text[start..end], start));
    let mut whole = Document::default();
    whole.blocks.reserve_exact(read.iter().map(|part| part.blocks.len()).sum());
    for part in read {
        whole.append(part);
    }
    whole
}

/// The parts of a file.
fn cut(text: &str) -> Vec<(usize, usize)> {
    let last = memmem::find(text.as_bytes(), b"/*")
        .into_iter()
        .chain(lines_that_begin_with(text, "namespace").next())
        .min()
        .unwrap_or(text.len());
    let mut parts = Vec::new();
    let mut start: usize = 0;
    while let Some(end) = start.checked_add(PART).filter(|end| *end < last) {
        let mut heads = heads(text, text.ceil_char_boundary(end), last);
        let Some((head, _)) = heads.next() else { break };
        parts.push((start, head));
        start = head;
    }
    parts.push((start, text.len()));
    parts
}

/// Where the word stands of lines that begin with it.
fn lines_that_begin_with<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = usize> + 't {
    let begins_line = |at: &usize| {
        let before = text[..*at].trim_end_matches([' ', '\t']);
        before.is_empty() || before.ends_with(['\n', '\r'])
    };
    memmem::find_iter(text.as_bytes(), word).filter(begins_line)
}

/// Reads the datasources, with what each of them needs to be `guard`ed first.
pub(super) fn parse_datasources(text: &str) -> Document {
    if memmem::find(text.as_bytes(), b"/*").is_some() {
        return parse(&guard(text).text);
    }
    let mut found = Document::default();
    for head in lines_that_begin_with(text, "datasource") {
        let line = &text[head..];
        let line = &line[..line.find(['\n', '\r']).map_or(line.len(), |length| length + 1)];
        if keyword_of(line) == Some("datasource") {
            // From the line's break on, so that the next line counts as a whole one.
            let behind = if line.ends_with(['\n', '\r']) { head + line.len() - 1 } else { text.len() };
            let end = heads(text, behind, text.len()).next().map_or(text.len(), |(next, _)| next);
            found.append(parse_part(&guard(&text[head..end]).text, head));
        }
    }
    found
}

/// The places from `start` up to `end` of lines that open a block, with their keywords. A line at `start` itself
/// counts only at the beginning of the text.
fn heads(text: &str, start: usize, end: usize) -> impl Iterator<Item = (usize, &str)> {
    let mut at = start;
    let mut is_line = start == 0;
    std::iter::from_fn(move || {
        while at < end {
            let line = at;
            let is_whole = std::mem::replace(&mut is_line, true);
            let rest = &text[line..end];
            at += rest.find(['\n', '\r']).map_or(rest.len(), |length| length + 1);
            if let Some(keyword) = keyword_of(&text[line..at]).filter(|_| is_whole) {
                return Some((line, keyword));
            }
        }
        None
    })
}

/// The keyword of a line that opens a block. Not all such lines are known here, but all that are known are such.
fn keyword_of(line: &str) -> Option<&str> {
    const KEYWORDS: [&str; 6] = ["model", "enum", "view", "type", "datasource", "generator"];
    let space = [' ', '\t'];
    let line = line.trim_start_matches(space);
    let keyword = KEYWORDS.into_iter().find(|keyword| line.starts_with(keyword))?;
    let name = line[keyword.len()..].trim_start_matches(space);
    let behind = name.trim_start_matches(|letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter));
    let is_named = name.len() > behind.len() && name.starts_with(|letter: char| letter.is_ascii_alphanumeric());
    (is_named && behind.trim_start_matches(space).starts_with('{')).then_some(keyword)
}
