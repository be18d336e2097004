//! The entity-relationship diagram of an audit: as SVG, laid out in layers, or in the words of Mermaid and Graphviz.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use rust_sugiyama::configure::Config;

use super::model::{Audit, AuditTable, State};

/// The languages of diagrams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiagramFormat {
    /// A picture.
    Svg,
    /// Mermaid's `erDiagram`.
    Mermaid,
    /// Graphviz's language.
    Dot,
}

/// So many columns of a table are shown; the rest is a number.
const SHOWN_COLUMNS: usize = 12;

/// Diagrams with more tables than this show names only.
const NAMES_ONLY: usize = 80;

/// Sizes in the picture, in its own units (pixels at 100 %).
const LINE: f64 = 18.0;
const HEADER: f64 = 26.0;
const LETTER: f64 = 6.9;
const GAP: f64 = 56.0;

/// The diagram of all tables that any source has.
pub fn diagram(audit: &Audit, format: DiagramFormat) -> String {
    match format {
        DiagramFormat::Svg => svg(audit),
        DiagramFormat::Mermaid => mermaid(audit),
        DiagramFormat::Dot => dot(audit),
    }
}

/// The worst that any source is in a table.
fn worst(table: &AuditTable) -> State {
    table.states.iter().map(|state| state.state).max().unwrap_or_default()
}

/// The columns of a table with what the first source that has them says of their type.
fn columns(table: &AuditTable) -> impl Iterator<Item = (&str, &str)> {
    table.columns.iter().map(|row| {
        let said = row.cells.iter().map(|cell| cell.text.as_str()).find(|text| !text.is_empty()).unwrap_or_default();
        (row.name.as_str(), type_of(said))
    })
}

/// The type at the beginning of what is said of a column: up to the comma behind it.
fn type_of(said: &str) -> &str {
    let end = [", nullable", ", not null"].iter().filter_map(|rest| said.find(rest)).min();
    &said[..end.unwrap_or(said.len())]
}

/// The columns of a table's primary key.
fn key_of(table: &AuditTable) -> Vec<&str> {
    let key = table.parts.iter().find(|part| part.kind == "primary key");
    key.map(|key| key.name.trim_matches(['(', ')']).split(", ").collect()).unwrap_or_default()
}

fn mermaid(audit: &Audit) -> String {
    let mut text = String::from("erDiagram\n");
    let word = |name: &str| -> String {
        let word: String = name.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '_' }).collect();
        if word.starts_with(|letter: char| letter.is_alphabetic()) { word } else { format!("x{word}") }
    };
    for table in &audit.tables {
        _ = writeln!(text, "  \"{}\" {{", table.name.replace('"', "'"));
        let key = key_of(table);
        for (name, kind) in columns(table) {
            let mark = if key.contains(&name) { " PK" } else { "" };
            _ = writeln!(text, "    {} {}{mark}", word(kind), word(name));
        }
        text.push_str("  }\n");
    }
    for relation in &audit.relations {
        let line = if relation.enforced == Some(false) { "}o..||" } else { "}o--||" };
        let quoted = |name: &str| name.replace('"', "'");
        let columns = relation.columns.join(", ");
        _ = writeln!(
            text,
            "  \"{}\" {line} \"{}\" : \"{}\"",
            quoted(&relation.from),
            quoted(&relation.to),
            quoted(&columns)
        );
    }
    text
}

fn dot(audit: &Audit) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    // In the label of a record these stand for its form.
    let label = |text: &str| -> String {
        let mut escaped = String::new();
        for letter in text.chars() {
            if matches!(letter, '\\' | '"' | '{' | '}' | '<' | '>' | '|' | ' ') {
                escaped.push('\\');
            }
            escaped.push(letter);
        }
        escaped
    };
    let mut text =
        String::from("digraph schema {\n  rankdir=LR;\n  node [shape=record, fontname=\"sans-serif\", fontsize=10];\n");
    for table in &audit.tables {
        let rows: String = columns(table).map(|(name, kind)| format!("{}: {}\\l", label(name), label(kind))).collect();
        let colour = colour(worst(table)).0;
        _ = writeln!(
            text,
            "  {} [label=\"{{{}|{rows}}}\", color=\"{colour}\"];",
            quoted(&table.name),
            label(&table.name)
        );
    }
    for relation in &audit.relations {
        let style = if relation.enforced == Some(false) { ", style=dashed" } else { "" };
        let columns = quoted(&relation.columns.join(", "));
        _ = writeln!(text, "  {} -> {} [label={columns}{style}];", quoted(&relation.from), quoted(&relation.to));
    }
    text.push_str("}\n");
    text
}

/// The colour of a state and what stands for it where there are no colours.
fn colour(state: State) -> (&'static str, &'static str) {
    match state {
        State::InStep => ("#1f7a4d", "✓"),
        State::Absent => ("#5b6472", "○"),
        State::Conflict => ("#a35200", "≠"),
        State::Drifted => ("#b3261e", "✗"),
        State::Missing => ("#b3261e", "–"),
    }
}

/// A table in the picture: its upper left corner and its size.
#[derive(Debug, Clone, Copy, Default)]
struct Frame {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

/// What a table shows.
fn lines(table: &AuditTable, names_only: bool) -> Vec<String> {
    if names_only {
        return Vec::new();
    }
    let key = key_of(table);
    let mut lines: Vec<String> = columns(table)
        .take(SHOWN_COLUMNS)
        .map(|(name, kind)| format!("{}{name}  {kind}", if key.contains(&name) { "⚿ " } else { "" }))
        .collect();
    if table.columns.len() > SHOWN_COLUMNS {
        lines.push(format!("… {} more", table.columns.len() - SHOWN_COLUMNS));
    }
    lines
}

fn width_of(table: &AuditTable, lines: &[String]) -> f64 {
    let longest = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let longest = u32::try_from(longest.max(table.name.chars().count() + 4)).unwrap_or(60).min(60);
    f64::from(longest).mul_add(LETTER, 20.0)
}

/// Where every table goes, and the size of the whole.
fn frames(audit: &Audit, shown: &[Vec<String>]) -> (Vec<Frame>, f64, f64) {
    let height = |lines: usize| f64::from(u32::try_from(lines).unwrap_or(0)).mul_add(LINE, HEADER + 8.0);
    let mut frames: Vec<Frame> = audit
        .tables
        .iter()
        .zip(shown)
        .map(|(table, lines)| Frame { width: width_of(table, lines), height: height(lines.len()), ..Frame::default() })
        .collect();
    let places: HashMap<&str, usize> =
        audit.tables.iter().enumerate().map(|(at, table)| (table.name.as_str(), at)).collect();
    let edges: BTreeSet<(u32, u32)> = audit
        .relations
        .iter()
        .filter_map(|relation| Some((*places.get(relation.to.as_str())?, *places.get(relation.from.as_str())?)))
        .filter(|(from, to)| from != to)
        .filter_map(|(from, to)| Some((u32::try_from(from).ok()?, u32::try_from(to).ok()?)))
        .collect();
    let edges: Vec<(u32, u32)> = edges.into_iter().collect();
    let joined: BTreeSet<u32> = edges.iter().flat_map(|(from, to)| [*from, *to]).collect();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    if !edges.is_empty() {
        let size =
            |at: u32| frames.get(at as usize).map_or((0.0, 0.0), |frame| (frame.width + GAP, frame.height + GAP));
        let vertices: Vec<(u32, (f64, f64))> = joined.iter().map(|at| (*at, size(*at))).collect();
        let transpose = joined.len() <= NAMES_ONLY;
        let config = Config { vertex_spacing: 12.0, transpose, dummy_size: 0.3, ..Config::default() };
        for (group, ..) in rust_sugiyama::from_vertices_and_edges(&vertices, &edges, &config) {
            for (at, (x, y)) in &group {
                if let Some(frame) = frames.get_mut(*at) {
                    // The layout gives centres.
                    (frame.x, frame.y) = (x - frame.width / 2.0, y - frame.height / 2.0);
                }
            }
            groups.push(group.into_iter().map(|(at, _)| at).collect());
        }
    }
    let alone = (0..frames.len()).filter(|at| !u32::try_from(*at).is_ok_and(|at| joined.contains(&at)));
    groups.extend(alone.map(|at| vec![at]));
    let (width, height) = pack(&mut frames, &groups);
    (frames, width, height)
}

/// Puts groups of tables beside and below each other, the largest first, in rows that are not wider than the widest
/// needs or a page is.
fn pack(frames: &mut [Frame], groups: &[Vec<usize>]) -> (f64, f64) {
    let bounds = |group: &[usize], frames: &[Frame]| {
        let own = || group.iter().filter_map(|at| frames.get(*at));
        let left = own().map(|frame| frame.x).fold(f64::INFINITY, f64::min);
        let top = own().map(|frame| frame.y).fold(f64::INFINITY, f64::min);
        let right = own().map(|frame| frame.x + frame.width).fold(f64::NEG_INFINITY, f64::max);
        let bottom = own().map(|frame| frame.y + frame.height).fold(f64::NEG_INFINITY, f64::max);
        (left, top, right - left, bottom - top)
    };
    let mut order: Vec<_> =
        groups.iter().filter(|group| !group.is_empty()).map(|group| (group, bounds(group, frames))).collect();
    order.sort_by(|(_, left), (_, right)| right.3.total_cmp(&left.3));
    let widest = order.iter().map(|(_, bounds)| bounds.2).fold(1200.0, f64::max);
    let (mut x, mut y, mut row, mut width) = (GAP / 2.0, GAP / 2.0, 0.0_f64, 0.0_f64);
    for (group, (left, top, group_width, group_height)) in order {
        if x > GAP && x + group_width > widest + GAP {
            (x, y, row) = (GAP / 2.0, y + row + GAP, 0.0);
        }
        for at in group {
            if let Some(frame) = frames.get_mut(*at) {
                (frame.x, frame.y) = (frame.x - left + x, frame.y - top + y);
            }
        }
        x += group_width + GAP;
        row = row.max(group_height);
        width = width.max(x);
    }
    (width.max(200.0), y + row + GAP / 2.0)
}

const STYLE: &str = "\
svg.erd{--paper:#fff;--ink:#1b1f24;--soft:#4a5361;--line:#6b7482;--box:#f6f7f9}\
@media(prefers-color-scheme:dark){svg.erd{--paper:#14171c;--ink:#e8eaee;--soft:#b4bcc8;--line:#8a94a3;--box:#1e232b}}\
svg.erd text{font:12px ui-monospace,Menlo,Consolas,monospace;fill:var(--ink)}\
svg.erd .name{font-weight:600}svg.erd .more{fill:var(--soft)}\
svg.erd rect{fill:var(--box);stroke:var(--line)}\
svg.erd .drifted rect,svg.erd .missing rect{stroke:#b3261e;stroke-width:2}svg.erd .conflict rect{stroke:#a35200;stroke-width:2}\
svg.erd .relation{fill:none;stroke:var(--line);stroke-width:1.3}svg.erd .unenforced{stroke-dasharray:5 4}";

fn svg(audit: &Audit) -> String {
    let names_only = audit.tables.len() > NAMES_ONLY;
    let shown: Vec<Vec<String>> = audit.tables.iter().map(|table| lines(table, names_only)).collect();
    let (frames, width, height) = frames(audit, &shown);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"erd\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         width=\"{width:.0}\" height=\"{height:.0}\" role=\"group\" aria-label=\"Tables and relations\">\n<style>{STYLE}</style>\n\
         <rect width=\"100%\" height=\"100%\" style=\"fill:var(--paper);stroke:none\"/>\n"
    );
    let places: HashMap<&str, usize> =
        audit.tables.iter().enumerate().map(|(at, table)| (table.name.as_str(), at)).collect();
    for relation in &audit.relations {
        let ends = [&relation.from, &relation.to].map(|name| places.get(name.as_str()).and_then(|at| frames.get(*at)));
        let [Some(from), Some(to)] = ends else { continue };
        let class = if relation.enforced == Some(false) { "relation unenforced" } else { "relation" };
        _ = writeln!(
            text,
            "<path class=\"{class}\" data-from=\"{}\" data-to=\"{}\" d=\"{}\"><title>{} refers to {}</title></path>",
            escaped(&relation.from),
            escaped(&relation.to),
            curve(from, to),
            escaped(&format!("{}({})", relation.from, relation.columns.join(", "))),
            escaped(&relation.to),
        );
    }
    for ((table, frame), lines) in audit.tables.iter().zip(&frames).zip(&shown) {
        let state = worst(table);
        let class = state.as_str().replace(' ', "-");
        _ = writeln!(
            text,
            "<g class=\"table {class}\" data-table=\"{name}\" transform=\"translate({:.1} {:.1})\"><title>{name}: {}</title>\
             <rect width=\"{:.1}\" height=\"{:.1}\" rx=\"4\"/><text class=\"name\" x=\"10\" y=\"18\">{} {name}</text>",
            frame.x,
            frame.y,
            state.as_str(),
            frame.width,
            frame.height,
            colour(state).1,
            name = escaped(&table.name),
        );
        for (at, line) in lines.iter().enumerate() {
            let y = f64::from(u32::try_from(at).unwrap_or(0)).mul_add(LINE, HEADER + 14.0);
            let shown: String = line.chars().take(58).collect();
            _ = writeln!(text, "<text x=\"10\" y=\"{y:.0}\">{}</text>", escaped(&shown));
        }
        text.push_str("</g>\n");
    }
    text.push_str("</svg>\n");
    text
}

/// A curve from one table to another, or a loop beside it.
fn curve(from: &Frame, to: &Frame) -> String {
    let middle = |frame: &Frame| (frame.x + frame.width / 2.0, frame.y + frame.height / 2.0);
    let ((x1, y1), (x2, y2)) = (middle(from), middle(to));
    if (x1 - x2).abs() < 0.5 && (y1 - y2).abs() < 0.5 {
        let (x, y) = (from.x + from.width, from.y + HEADER / 2.0);
        return format!("M{x:.1} {y:.1} c34 -16 34 34 0 22");
    }
    let (start, end) = if y1 >= y2 { (from.y, to.y + to.height) } else { (from.y + from.height, to.y) };
    if (from.y < to.y + to.height) && (to.y < from.y + from.height) {
        // Side by side.
        let (start, end) = if x1 < x2 { (from.x + from.width, to.x) } else { (from.x, to.x + to.width) };
        let half = f64::midpoint(start, end);
        return format!("M{start:.1} {y1:.1} C{half:.1} {y1:.1} {half:.1} {y2:.1} {end:.1} {y2:.1}");
    }
    let half = f64::midpoint(start, end);
    format!("M{x1:.1} {start:.1} C{x1:.1} {half:.1} {x2:.1} {half:.1} {x2:.1} {end:.1}")
}

/// Text for XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
