//! The entity-relationship diagram of an audit: as SVG, laid out in layers, or in the words of Mermaid and Graphviz.

mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use ormsync_schema::Severity;

use super::layout::{Cluster, Frame, Layout, Room, layout};
use super::model::{Audit, AuditTable, Relation, State};

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

/// The picture in a page shows all columns of so few tables: else keys, relations and what differs, since a table that is
/// chosen shows all of its columns.
const ALL_COLUMNS: usize = 8;

/// So many of these are shown.
const SHOWN_KEYS: usize = 7;

/// Sizes in the picture, in its own units (pixels at 100 %).
const LINE: f64 = 18.0;
const HEADER: f64 = 26.0;
const LETTER: f64 = 7.3;
const LEGEND: f64 = 34.0;

/// Longer names of tables are cut.
const MOST_LETTERS: usize = 44;

/// More clusters than this are none.
const MOST_CLUSTERS: usize = 12;

/// The diagram of all tables that any source has.
pub fn diagram(audit: &Audit, format: DiagramFormat) -> String {
    match format {
        DiagramFormat::Svg => svg(audit, true),
        DiagramFormat::Mermaid => words::mermaid(audit),
        DiagramFormat::Dot => words::dot(audit),
    }
}

/// The part of an audit that is about one table, those that it refers to and those that refer to it. None where there is
/// no such table.
pub fn around(audit: &Audit, table: &str) -> Option<Audit> {
    audit.tables.iter().find(|known| known.name == table)?;
    let touches = |relation: &&Relation| relation.from == table || relation.to == table;
    let mut names: BTreeSet<&str> = BTreeSet::from([table]);
    for relation in audit.relations.iter().filter(touches) {
        names.extend([relation.from.as_str(), relation.to.as_str()]);
    }
    let is_near = |name: &str| names.contains(name);
    Some(Audit {
        tables: audit.tables.iter().filter(|table| is_near(&table.name)).cloned().collect(),
        relations: audit.relations.iter().filter(|it| is_near(&it.from) && is_near(&it.to)).cloned().collect(),
        ..audit.clone()
    })
}

/// The worst that any source is in a table.
pub(super) fn worst(table: &AuditTable) -> State {
    table.states.iter().map(|state| state.state).max().unwrap_or_default()
}

/// The columns of a table with what the first source that has them says of their type.
fn columns(table: &AuditTable) -> impl Iterator<Item = (&str, &str)> {
    table.columns.iter().map(|row| {
        let said = row.cells.iter().map(|cell| cell.text.as_str()).find(|text| !text.is_empty()).unwrap_or_default();
        (row.name.as_str(), type_of(said))
    })
}

/// The columns of each table that refer to something.
fn referring(audit: &Audit) -> HashMap<&str, BTreeSet<&str>> {
    let mut referring: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    for relation in &audit.relations {
        referring.entry(&relation.from).or_default().extend(relation.columns.iter().map(String::as_str));
    }
    referring
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

/// The colour of a state and what stands for it where there are no colours.
pub(super) fn colour(state: State) -> (&'static str, &'static str) {
    match state {
        State::InStep => ("#1f7a4d", "✓"),
        State::Absent => ("#5b6472", "○"),
        State::Conflict => ("#a35200", "≠"),
        State::Drifted => ("#b3261e", "✗"),
        State::Missing => ("#b3261e", "–"),
    }
}

/// A line in a table's box.
enum Line {
    Column {
        name: String,
        kind: String,
        is_key: bool,
    },
    More(usize),
    /// Nothing but their number is shown.
    Only(usize),
}

impl Line {
    fn letters(&self) -> usize {
        match self {
            Self::Column { name, kind, is_key } => {
                name.chars().count().min(32) + kind.chars().count().min(24) + 1 + if *is_key { 2 } else { 0 }
            }
            Self::More(_) | Self::Only(_) => 10,
        }
    }
}

/// How much of its tables a picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Detail {
    Columns,
    Keys,
    Names,
}

impl Detail {
    fn of(tables: usize, stands_alone: bool) -> Self {
        match tables {
            many if many > NAMES_ONLY => Self::Names,
            many if many > ALL_COLUMNS && !stands_alone => Self::Keys,
            _ => Self::Columns,
        }
    }

    fn room(self) -> Room {
        match self {
            Self::Columns | Self::Keys => Room { beside: 40.0, below: 46.0 },
            Self::Names => Room { beside: 22.0, below: 34.0 },
        }
    }
}

/// What a table shows. `referring` are its columns that refer to something.
fn lines(table: &AuditTable, referring: &BTreeSet<&str>, detail: Detail) -> Vec<Line> {
    let key = key_of(table);
    let differs =
        |name: &str| table.columns.iter().any(|row| row.name == name && row.cells.iter().any(|it| it.differs));
    let most = match detail {
        Detail::Columns => SHOWN_COLUMNS,
        Detail::Keys => SHOWN_KEYS,
        Detail::Names => return Vec::new(),
    };
    let is_shown =
        |name: &str| detail == Detail::Columns || key.contains(&name) || referring.contains(name) || differs(name);
    let of = |(name, kind): (&str, &str)| Line::Column {
        name: name.to_owned(),
        kind: kind.to_owned(),
        is_key: key.contains(&name),
    };
    let mut lines: Vec<Line> = columns(table).filter(|(name, _)| is_shown(name)).take(most).map(of).collect();
    match (lines.len(), table.columns.len()) {
        (_, 0) => {}
        (0, all) => lines.push(Line::Only(all)),
        (shown, all) if shown < all => lines.push(Line::More(all - shown)),
        _ => {}
    }
    lines
}

fn width_of(table: &AuditTable, lines: &[Line]) -> f64 {
    let longest = lines.iter().map(Line::letters).max().unwrap_or(0);
    number(longest.max(table.name.chars().count().min(MOST_LETTERS) + 3)).mul_add(LETTER, 22.0)
}

/// Which tables stand together: those of one namespace, else those of one owner.
fn clusters(audit: &Audit) -> Vec<Cluster> {
    let namespace = |table: &AuditTable| table.name.rsplit_once('.').map_or("", |(namespace, _)| namespace).to_owned();
    let owner = |table: &AuditTable| table.owner.clone();
    let by = |name: &dyn Fn(&AuditTable) -> String| {
        let mut clusters: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, table) in audit.tables.iter().enumerate() {
            clusters.entry(name(table)).or_default().push(at);
        }
        clusters
    };
    let several = |clusters: &BTreeMap<String, Vec<usize>>| (2..=MOST_CLUSTERS).contains(&clusters.len());
    let (by_namespace, by_owner) = (by(&namespace), by(&owner));
    let (title, chosen) = match (several(&by_namespace), several(&by_owner)) {
        (true, _) => ("schema ", by_namespace),
        (_, true) => ("", by_owner),
        _ => {
            return vec![Cluster { name: String::new(), members: (0..audit.tables.len()).collect() }];
        }
    };
    let named = |name: &str| match (title, name) {
        ("", owner) => owner_label(audit, owner).to_owned(),
        (_, "") => "the default schema".to_owned(),
        (title, name) => format!("{title}{name}"),
    };
    chosen.into_iter().map(|(name, members)| Cluster { name: named(&name), members }).collect()
}

/// Where everything goes.
fn placed(audit: &Audit, shown: &[Vec<Line>], room: Room) -> Layout {
    let height = |lines: usize| number(lines).mul_add(LINE, if lines == 0 { HEADER } else { HEADER + 10.0 });
    let sizes: Vec<(f64, f64)> =
        audit.tables.iter().zip(shown).map(|(table, lines)| (width_of(table, lines), height(lines.len()))).collect();
    let places: HashMap<&str, usize> =
        audit.tables.iter().enumerate().map(|(at, table)| (table.name.as_str(), at)).collect();
    let edges: Vec<(usize, usize)> = audit
        .relations
        .iter()
        .filter_map(|relation| Some((*places.get(relation.to.as_str())?, *places.get(relation.from.as_str())?)))
        .collect();
    layout(&sizes, &edges, &clusters(audit), room)
}

fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

/// The colours of a picture that stands alone. One in a page has the page's.
const COLOURS: &str = "\
svg.erd{--paper:#fff;--ink:#1b1f24;--soft:#4a5361;--line:#6b7482;--box:#fbfbfc;--head:#e9ecf0;\
--bad:#b3261e;--warn:#8a4600;--note:#24508f;--o0:#dbe7f6;--o1:#dff0e3;--o2:#f6e6d3;--o3:#ecdff4;--o4:#f6dede;--o5:#d9eef0}\
@media(prefers-color-scheme:dark){svg.erd{--paper:#14171c;--ink:#e8eaee;--soft:#b4bcc8;--line:#8a94a3;--box:#1a1e25;--head:#2a303a;\
--bad:#ff9a92;--warn:#f5b05c;--note:#9cc2ff;--o0:#22364f;--o1:#1f3d2a;--o2:#493619;--o3:#3d2b4a;--o4:#4a2626;--o5:#1c3d41}}";

const STYLE: &str = "\
svg.erd text{font:12px ui-monospace,Menlo,Consolas,monospace;fill:var(--ink)}\
svg.erd .name{font-weight:600}svg.erd .type,svg.erd .more{fill:var(--soft)}\
svg.erd .paper{fill:var(--paper)}svg.erd .box{fill:var(--box);stroke:var(--line)}svg.erd .head{fill:var(--head)}\
svg.erd .drifted .box,svg.erd .missing .box{stroke:var(--bad);stroke-width:2.5}\
svg.erd .conflict .box{stroke:var(--warn);stroke-width:2.5}svg.erd .absent .box{stroke-dasharray:6 3}\
svg.erd .drifted .name,svg.erd .missing .name{fill:var(--bad)}svg.erd .conflict .name{fill:var(--warn)}\
svg.erd .cluster{fill:none;stroke:var(--line);stroke-dasharray:3 4}svg.erd .title{font-weight:600;font-size:14px;fill:var(--soft)}\
svg.erd .relation{fill:none;stroke:var(--line);stroke-width:1.3;marker-end:url(#refers)}svg.erd .tip{fill:var(--line)}\
svg.erd .slight .box{stroke:var(--note);stroke-width:1.6}svg.erd .slight .name{fill:var(--note)}svg.erd .unenforced{stroke-dasharray:6 4}\
svg.erd .o0 .head{fill:var(--o0)}svg.erd .o1 .head{fill:var(--o1)}svg.erd .o2 .head{fill:var(--o2)}\
svg.erd .o3 .head{fill:var(--o3)}svg.erd .o4 .head{fill:var(--o4)}svg.erd .o5 .head{fill:var(--o5)}";

/// What a relation ends with, at the table that it refers to.
const MARKER: &str = "<defs><marker id=\"refers\" viewBox=\"0 0 8 8\" refX=\"7.5\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" \
     orient=\"auto\"><path class=\"tip\" d=\"M0 0.5L8 4L0 7.5z\"/></marker></defs>";

/// Whether all that is said of a table are notes: nothing that fails anywhere.
pub(super) fn is_slight(audit: &Audit, table: &AuditTable) -> bool {
    let mut findings = table.findings.iter().filter_map(|at| audit.findings.get(*at)).peekable();
    findings.peek().is_some() && findings.all(|finding| finding.severity == Severity::Note)
}

/// The owners in the order of their colours.
pub(super) fn owners(audit: &Audit) -> Vec<&str> {
    let owners: BTreeSet<&str> = audit.tables.iter().map(|table| table.owner.as_str()).collect();
    owners.into_iter().collect()
}

/// An owner in the words of sentences: a source's label.
pub(super) fn owner_label<'a>(audit: &'a Audit, owner: &'a str) -> &'a str {
    audit.sources.iter().find(|source| source.name == owner).map_or(owner, |source| &source.label)
}

/// The picture. One that stands alone brings its colours and says at its top what they mean.
pub(super) fn svg(audit: &Audit, stands_alone: bool) -> String {
    let detail = Detail::of(audit.tables.len(), stands_alone);
    let referring = referring(audit);
    let nothing = BTreeSet::new();
    let shown: Vec<Vec<Line>> = audit
        .tables
        .iter()
        .map(|table| lines(table, referring.get(table.name.as_str()).unwrap_or(&nothing), detail))
        .collect();
    let picture = placed(audit, &shown, detail.room());
    let legend = if stands_alone { LEGEND } else { 0.0 };
    let (width, height) = (picture.width.max(if stands_alone { 960.0 } else { 0.0 }), picture.height + legend);
    let colours = if stands_alone { COLOURS } else { "" };
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"erd\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         width=\"{width:.0}\" height=\"{height:.0}\" role=\"img\" aria-label=\"{} tables and {} relations between them\">\n\
         <style>{colours}{STYLE}</style>\n{MARKER}\n<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n",
        audit.tables.len(),
        audit.relations.len(),
    );
    if stands_alone {
        text.push_str(
            "<text class=\"more\" x=\"22\" y=\"22\">✓ in step · ✗ drifted · – missing in a source · ≠ the sources contradict each \
             other · ○ only some sources have it · blue: notes only · dashed: not enforced by the database</text>\n",
        );
    }
    _ = writeln!(text, "<g class=\"all\" transform=\"translate(0 {legend:.0})\">");
    for (name, frame) in &picture.clusters {
        let Frame { x, y, width, height } = frame;
        _ = writeln!(
            text,
            "<rect class=\"cluster\" x=\"{x:.0}\" y=\"{y:.0}\" width=\"{width:.0}\" height=\"{height:.0}\" rx=\"8\"/>\
             <text class=\"title\" x=\"{:.0}\" y=\"{:.0}\">{}</text>",
            x + 16.0,
            y + 24.0,
            escaped(name),
        );
    }
    relations_of(audit, &picture, &mut text);
    let owners = owners(audit);
    for ((table, frame), lines) in audit.tables.iter().zip(&picture.frames).zip(&shown) {
        let owner = owners.iter().position(|owner| *owner == table.owner).unwrap_or(0) % 6;
        let slight = if is_slight(audit, table) { " slight" } else { "" };
        table_of((table, slight), *frame, lines, owner, &mut text);
    }
    text.push_str("</g>\n</svg>\n");
    text
}

fn relations_of(audit: &Audit, picture: &Layout, text: &mut String) {
    let places: HashMap<&str, usize> =
        audit.tables.iter().enumerate().map(|(at, table)| (table.name.as_str(), at)).collect();
    for relation in &audit.relations {
        let ends =
            [&relation.from, &relation.to].map(|name| places.get(name.as_str()).and_then(|at| picture.frames.get(*at)));
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
}

fn table_of((table, slight): (&AuditTable, &str), frame: Frame, lines: &[Line], owner: usize, text: &mut String) {
    let state = worst(table);
    let Frame { x, y, width, height } = frame;
    _ = write!(
        text,
        "<g class=\"table {}{slight} o{owner}\" data-table=\"{name}\" transform=\"translate({x:.1} {y:.1})\"><title>{name}: {}, {}</title>\
         <rect class=\"box\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"4\"/>\
         <path class=\"head\" d=\"M1.5 {HEADER}V4.5a3 3 0 0 1 3-3H{:.1}a3 3 0 0 1 3 3V{HEADER}z\"/>\
         <text class=\"name\" x=\"10\" y=\"18\">{} {shown}</text>",
        state.as_str().replace(' ', "-"),
        state.as_str(),
        table.owner,
        width - 4.5,
        colour(state).1,
        name = escaped(&table.name),
        shown = escaped(&cut(&table.name, MOST_LETTERS)),
    );
    for (at, line) in lines.iter().enumerate() {
        let y = number(at).mul_add(LINE, HEADER + 16.0);
        _ = match line {
            Line::Column { name, kind, is_key } => write!(
                text,
                "<text x=\"10\" y=\"{y:.0}\">{}{} <tspan class=\"type\">{}</tspan></text>",
                if *is_key { "◆ " } else { "" },
                escaped(&cut(name, 32)),
                escaped(&cut(kind, 24)),
            ),
            Line::Only(count) => write!(text, "<text class=\"more\" x=\"10\" y=\"{y:.0}\">{count} columns</text>"),
            Line::More(count) => write!(text, "<text class=\"more\" x=\"10\" y=\"{y:.0}\">… {count} more</text>"),
        };
    }
    text.push_str("</g>\n");
}

/// The beginning of a long text.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
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
