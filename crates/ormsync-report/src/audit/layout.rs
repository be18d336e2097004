//! Where the tables of a diagram go: in layers along their relations, component by component, cluster by cluster.

use std::collections::{BTreeMap, BTreeSet};

use rust_sugiyama::configure::{Config, RankingType};

/// Room between tables, in the picture's units. Relations run between the rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    pub(super) beside: f64,
    pub(super) below: f64,
}

impl Room {
    /// What tables of these sizes need with their room.
    fn area(self, sizes: impl IntoIterator<Item = (f64, f64)>) -> f64 {
        sizes.into_iter().map(|(width, height)| (width + self.beside) * (height + self.below)).sum()
    }
}

/// A page shows so many units beside each other at about their own size.
const PAGE: f64 = 1450.0;

/// How wide a picture of that area is to be: like a page as long as it can, then as wide as a page, and the largest
/// somewhat higher than wide.
fn width_of_picture(area: f64) -> f64 {
    let as_page = (area * 2.0).sqrt();
    if as_page <= PAGE { as_page.max(760.0) } else { PAGE.max((area * 0.8).sqrt()) }
}

/// Room between a cluster's frame and its tables, and for its title.
const PADDING: f64 = 22.0;
const TITLE: f64 = 26.0;

/// Room between clusters, and around the picture.
const CLUSTER_GAP: f64 = 36.0;

/// Graphs with more tables are laid out without the steps whose time grows faster than their number.
const THOROUGH: usize = 120;

/// Graphs with more relations are put into rows, by name.
const MOST_EDGES: usize = 6000;

/// A rectangle in the picture: its upper left corner and its size.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Frame {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Frame {
    fn moved(self, x: f64, y: f64) -> Self {
        Self { x: self.x + x, y: self.y + y, ..self }
    }
}

/// Tables that stand together, by their places in the list of all.
#[derive(Debug, Clone, Default)]
pub(super) struct Cluster {
    /// What is written at it; nothing, and there is no frame.
    pub(super) name: String,
    /// Its tables.
    pub(super) members: Vec<usize>,
}

/// A picture without its contents.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// The tables, in the order of their sizes.
    pub(super) frames: Vec<Frame>,
    /// The frames of clusters that have a name.
    pub(super) clusters: Vec<(String, Frame)>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Some tables that keep their places beside each other, from (0, 0) on.
#[derive(Debug, Default)]
struct Block {
    frames: Vec<(usize, Frame)>,
    width: f64,
    height: f64,
}

/// Lays out tables of these sizes. An edge leads from the table that is referred to, to the one that refers.
pub(super) fn layout(sizes: &[(f64, f64)], edges: &[(usize, usize)], clusters: &[Cluster], room: Room) -> Layout {
    // Rows are never quite full.
    let whole = room.area(sizes.iter().copied());
    let most = width_of_picture(1.15 * whole);
    let cluster_of: BTreeMap<usize, usize> = clusters
        .iter()
        .enumerate()
        .flat_map(|(at, cluster)| cluster.members.iter().map(move |member| (*member, at)))
        .collect();
    let mut inner: Vec<BTreeSet<(usize, usize)>> = vec![BTreeSet::new(); clusters.len()];
    for (from, to) in edges.iter().filter(|(from, to)| from != to) {
        if let (Some(left), Some(right)) = (cluster_of.get(from), cluster_of.get(to))
            && left == right
        {
            inner[*left].insert((*from, *to));
        }
    }
    let blocks: Vec<Block> = clusters
        .iter()
        .zip(&inner)
        .map(|(cluster, edges)| {
            let area = room.area(cluster.members.iter().map(|at| sizes[*at]));
            let within = most - if cluster.name.is_empty() { 0.0 } else { 2.0 * PADDING };
            // What holds most of the tables is as wide as the picture.
            let wanted = if area > 0.6 * whole { within } else { (area * 2.0).sqrt() };
            let own = Tables { sizes, room, most: wanted.clamp(320.0, within.max(320.0)) };
            let block = own.pack(own.components(&cluster.members, edges));
            if cluster.name.is_empty() { block } else { block.framed() }
        })
        .collect();
    let mut picture = Layout { frames: vec![Frame::default(); sizes.len()], ..Layout::default() };
    let gap = CLUSTER_GAP;
    let all = Room { beside: gap, below: gap };
    let sizes: Vec<(f64, f64)> = blocks.iter().map(|block| (block.width, block.height)).collect();
    let (corners, width, height) = rows_of(&sizes, all, most);
    for ((cluster, block), (x, y)) in clusters.iter().zip(&blocks).zip(corners) {
        let (x, y) = (x + gap / 2.0, y + gap / 2.0);
        for (at, frame) in &block.frames {
            picture.frames[*at] = frame.moved(x, y);
        }
        if !cluster.name.is_empty() {
            let frame = Frame { x, y, width: block.width, height: block.height };
            picture.clusters.push((cluster.name.clone(), frame));
        }
    }
    (picture.width, picture.height) = ((width + gap).max(240.0), height + gap);
    picture
}

impl Block {
    /// With room around it for a frame with a title.
    fn framed(self) -> Self {
        let frames = self.frames.into_iter().map(|(at, frame)| (at, frame.moved(PADDING, PADDING + TITLE))).collect();
        Self { frames, width: self.width + 2.0 * PADDING, height: self.height + 2.0 * PADDING + TITLE }
    }
}

/// The tables of a cluster on their way into a block.
#[derive(Clone, Copy)]
struct Tables<'a> {
    /// The sizes of all tables.
    sizes: &'a [(f64, f64)],
    room: Room,
    /// How wide the block may be.
    most: f64,
}

impl Tables<'_> {
    fn width_of(&self, row: &[usize]) -> f64 {
        row.iter().map(|at| self.sizes[*at].0 + self.room.beside).sum::<f64>() - self.room.beside
    }

    /// Rows of tables below each other, each in the middle.
    fn in_rows(&self, rows: &[Vec<usize>]) -> Block {
        let width = rows.iter().map(|row| self.width_of(row)).fold(0.0, f64::max);
        let mut block = Block { width, ..Block::default() };
        for row in rows {
            let mut x = (width - self.width_of(row)) / 2.0;
            for at in row {
                let (width, height) = self.sizes[*at];
                block.frames.push((*at, Frame { x, y: block.height, width, height }));
                x += width + self.room.beside;
            }
            block.height += row.iter().map(|at| self.sizes[*at].1).fold(0.0, f64::max) + self.room.below;
        }
        block.height = (block.height - self.room.below).max(0.0);
        block
    }

    /// The connected parts of a cluster, and last, as one block, the tables that nothing refers to and that refer to
    /// nothing.
    fn components(&self, members: &[usize], edges: &BTreeSet<(usize, usize)>) -> Vec<Block> {
        let joined: BTreeSet<usize> = edges.iter().flat_map(|(from, to)| [*from, *to]).collect();
        let all_in_rows = edges.len() > MOST_EDGES;
        let mut blocks = Vec::new();
        if !edges.is_empty() && !all_in_rows {
            // The layout wants small numbers.
            let short: Vec<usize> = joined.iter().copied().collect();
            let number = |at: &usize| short.binary_search(at).ok().and_then(|place| u32::try_from(place).ok());
            let roomy = |at: &usize| (self.sizes[*at].0 + self.room.beside, self.sizes[*at].1 + self.room.below);
            let vertices: Vec<(u32, (f64, f64))> =
                short.iter().filter_map(|at| Some((number(at)?, roomy(at)))).collect();
            let edges: Vec<(u32, u32)> =
                edges.iter().filter_map(|(from, to)| Some((number(from)?, number(to)?))).collect();
            let is_small = short.len() <= THOROUGH;
            let ranking_type = if is_small { RankingType::MinimizeEdgeLength } else { RankingType::Up };
            let config = Config {
                vertex_spacing: 10.0,
                transpose: is_small,
                dummy_size: 0.2,
                ranking_type,
                ..Config::default()
            };
            for (group, ..) in rust_sugiyama::from_vertices_and_edges(&vertices, &edges, &config) {
                let placed = group.into_iter().filter_map(|(at, place)| Some((*short.get(at)?, place))).collect();
                blocks.push(self.in_rows(&self.folded(layers(placed))));
            }
        }
        let alone: Vec<usize> = members.iter().copied().filter(|at| all_in_rows || !joined.contains(at)).collect();
        if !alone.is_empty() {
            blocks.push(self.in_rows(&self.folded(vec![alone])));
        }
        blocks
    }

    /// Layers that would make the picture wider than it may be, in several rows each. A table that everything refers to
    /// has all others in one layer.
    fn folded(&self, layers: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
        let mut rows = Vec::new();
        for layer in layers {
            let width = self.width_of(&layer);
            let mut count = 1_usize;
            let mut reach = self.most;
            while reach < width && count < layer.len() {
                (count, reach) = (count + 1, reach + self.most);
            }
            rows.extend(layer.chunks(layer.len().div_ceil(count).max(1)).map(<[usize]>::to_vec));
        }
        rows
    }

    /// Blocks beside and below each other.
    fn pack(&self, blocks: Vec<Block>) -> Block {
        let sizes: Vec<(f64, f64)> = blocks.iter().map(|block| (block.width, block.height)).collect();
        let (corners, width, height) = rows_of(&sizes, self.room, self.most);
        let mut packed = Block { width, height, ..Block::default() };
        for (block, (x, y)) in blocks.into_iter().zip(corners) {
            packed.frames.extend(block.frames.into_iter().map(|(at, frame)| (at, frame.moved(x, y))));
        }
        packed
    }
}

/// The layers of a component, from top to bottom, each from left to right.
fn layers(mut placed: Vec<(usize, (f64, f64))>) -> Vec<Vec<usize>> {
    placed.sort_by(|(_, left), (_, right)| left.1.total_cmp(&right.1).then(left.0.total_cmp(&right.0)));
    let mut layers: Vec<(f64, Vec<(f64, usize)>)> = Vec::new();
    for (at, (x, y)) in placed {
        match layers.last_mut() {
            Some((height, layer)) if (y - *height).abs() < 1.0 => layer.push((x, at)),
            _ => layers.push((y, vec![(x, at)])),
        }
    }
    layers
        .into_iter()
        .map(|(_, mut layer)| {
            layer.sort_by(|left, right| left.0.total_cmp(&right.0));
            layer.into_iter().map(|(_, at)| at).collect()
        })
        .collect()
}

/// Where rectangles go that stand in rows, the highest first, and how large they are together: about `most` wide.
fn rows_of(sizes: &[(f64, f64)], room: Room, most: f64) -> (Vec<(f64, f64)>, f64, f64) {
    let most = sizes.iter().map(|(width, _)| *width).fold(most, f64::max);
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by(|left, right| sizes[*right].1.total_cmp(&sizes[*left].1).then(left.cmp(right)));
    let mut corners = vec![(0.0, 0.0); sizes.len()];
    let (mut x, mut y, mut row, mut widest) = (0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64);
    for at in order {
        let (width, height) = sizes[at];
        if x > 0.0 && x + width > most {
            (x, y, row) = (0.0, y + row + room.below, 0.0);
        }
        corners[at] = (x, y);
        widest = widest.max(x + width);
        x += width + room.beside;
        row = row.max(height);
    }
    (corners, widest, y + row)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: Room = Room { beside: 40.0, below: 48.0 };

    fn overlap(left: &Frame, right: &Frame) -> bool {
        left.x < right.x + right.width
            && right.x < left.x + left.width
            && left.y < right.y + right.height
            && right.y < left.y + left.height
    }

    fn one_cluster(count: usize) -> Vec<Cluster> {
        vec![Cluster { name: String::new(), members: (0..count).collect() }]
    }

    /// The same numbers in every run.
    fn numbers(mut seed: u64) -> impl FnMut(usize) -> usize {
        move |below| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(seed >> 33).unwrap_or(0) % below.max(1)
        }
    }

    #[test]
    fn no_table_lies_on_another_and_all_are_inside() {
        for seed in 0..60 {
            let mut next = numbers(seed);
            let count = 1 + next(40);
            let sizes: Vec<(f64, f64)> =
                (0..count).map(|at| (100.0 + 7.0 * (at % 9) as f64, 40.0 + 18.0 * (at % 5) as f64)).collect();
            // With circles, tables that refer to themselves, and the same relation twice.
            let edges: Vec<(usize, usize)> = (0..next(60)).map(|_| (next(count), next(count))).collect();
            let clusters = if seed % 2 == 0 {
                one_cluster(count)
            } else {
                let of = |rest: usize| (0..count).filter(|at| at % 3 == rest).collect();
                (0..3).map(|rest| Cluster { name: format!("c{rest}"), members: of(rest) }).collect()
            };
            let picture = layout(&sizes, &edges, &clusters, ROOM);
            for (at, frame) in picture.frames.iter().enumerate() {
                assert!(frame.x >= 0.0 && frame.y >= 0.0, "{seed}: {frame:?}");
                assert!(frame.x + frame.width <= picture.width && frame.y + frame.height <= picture.height, "{seed}");
                for other in &picture.frames[..at] {
                    assert!(!overlap(frame, other), "{seed}: {frame:?} {other:?}");
                }
            }
        }
    }

    #[test]
    fn a_table_that_all_refer_to_does_not_make_one_endless_row() {
        let sizes = vec![(220.0, 200.0); 60];
        let edges: Vec<(usize, usize)> = (1..60).map(|at| (0, at)).collect();
        let picture = layout(&sizes, &edges, &one_cluster(60), ROOM);
        assert!(picture.width < 3.0 * picture.height, "{} × {}", picture.width, picture.height);
    }

    #[test]
    fn nothing_at_all() {
        assert!(layout(&[], &[], &[], ROOM).width > 0.0);
        assert!(layout(&[], &[], &one_cluster(0), ROOM).width > 0.0);
    }
}
