//! Where the tables of a diagram go: in layers along their relations, component by component, cluster by cluster.

use std::collections::{BTreeMap, BTreeSet};

use rust_sugiyama::configure::{Config, RankingType};

/// Room between tables, in the picture's units.
pub(super) const GAP: f64 = 44.0;

/// Room between a cluster's frame and its tables, and for its title.
const PADDING: f64 = 22.0;
const TITLE: f64 = 26.0;

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

    fn area(self) -> f64 {
        (self.width + GAP) * (self.height + GAP)
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
pub(super) fn layout(sizes: &[(f64, f64)], edges: &[(usize, usize)], clusters: &[Cluster]) -> Layout {
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
            let block = pack(components(sizes, &cluster.members, edges));
            if cluster.name.is_empty() { block } else { block.framed() }
        })
        .collect();
    let mut picture = Layout { frames: vec![Frame::default(); sizes.len()], ..Layout::default() };
    let (corners, width, height) = rows_of(&blocks.iter().map(|block| (block.width, block.height)).collect::<Vec<_>>());
    for ((cluster, block), (x, y)) in clusters.iter().zip(&blocks).zip(corners) {
        let (x, y) = (x + GAP / 2.0, y + GAP / 2.0);
        for (at, frame) in &block.frames {
            picture.frames[*at] = frame.moved(x, y);
        }
        if !cluster.name.is_empty() {
            let frame = Frame { x, y, width: block.width, height: block.height };
            picture.clusters.push((cluster.name.clone(), frame));
        }
    }
    (picture.width, picture.height) = ((width + GAP).max(240.0), height + GAP);
    picture
}

impl Block {
    /// With room around it for a frame with a title.
    fn framed(self) -> Self {
        let frames = self.frames.into_iter().map(|(at, frame)| (at, frame.moved(PADDING, PADDING + TITLE))).collect();
        Self { frames, width: self.width + 2.0 * PADDING, height: self.height + 2.0 * PADDING + TITLE }
    }

    /// Rows of tables below each other, each in the middle.
    fn of_rows(rows: &[Vec<usize>], sizes: &[(f64, f64)]) -> Self {
        let width_of = |row: &Vec<usize>| row.iter().map(|at| sizes[*at].0 + GAP).sum::<f64>() - GAP;
        let width = rows.iter().map(width_of).fold(0.0, f64::max);
        let mut block = Self { width, ..Self::default() };
        for row in rows {
            let mut x = (width - width_of(row)) / 2.0;
            for at in row {
                let (width, height) = sizes[*at];
                block.frames.push((*at, Frame { x, y: block.height, width, height }));
                x += width + GAP;
            }
            block.height += row.iter().map(|at| sizes[*at].1).fold(0.0, f64::max) + GAP;
        }
        block.height = (block.height - GAP).max(0.0);
        block
    }
}

/// The connected parts of a cluster, and last, as one block, the tables that nothing refers to and that refer to nothing.
fn components(sizes: &[(f64, f64)], members: &[usize], edges: &BTreeSet<(usize, usize)>) -> Vec<Block> {
    let joined: BTreeSet<usize> = edges.iter().flat_map(|(from, to)| [*from, *to]).collect();
    let all_in_rows = edges.len() > MOST_EDGES;
    let mut blocks = Vec::new();
    if !edges.is_empty() && !all_in_rows {
        // The layout wants small numbers.
        let short: Vec<usize> = joined.iter().copied().collect();
        let number = |at: &usize| short.binary_search(at).ok().and_then(|place| u32::try_from(place).ok());
        let vertices: Vec<(u32, (f64, f64))> =
            short.iter().filter_map(|at| Some((number(at)?, (sizes[*at].0 + GAP, sizes[*at].1 + GAP)))).collect();
        let edges: Vec<(u32, u32)> = edges.iter().filter_map(|(from, to)| Some((number(from)?, number(to)?))).collect();
        let is_small = short.len() <= THOROUGH;
        let ranking_type = if is_small { RankingType::MinimizeEdgeLength } else { RankingType::Up };
        let config =
            Config { vertex_spacing: 10.0, transpose: is_small, dummy_size: 0.2, ranking_type, ..Config::default() };
        for (group, ..) in rust_sugiyama::from_vertices_and_edges(&vertices, &edges, &config) {
            let placed = group.into_iter().filter_map(|(at, place)| Some((*short.get(at)?, place))).collect();
            blocks.push(Block::of_rows(&folded(layers(placed), sizes), sizes));
        }
    }
    let alone: Vec<usize> = members.iter().copied().filter(|at| all_in_rows || !joined.contains(at)).collect();
    if !alone.is_empty() {
        blocks.push(Block::of_rows(&folded(vec![alone], sizes), sizes));
    }
    blocks
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

/// Layers that would make the picture much wider than high, in several rows each. A table that everything refers to has
/// all others in one layer.
fn folded(layers: Vec<Vec<usize>>, sizes: &[(f64, f64)]) -> Vec<Vec<usize>> {
    let area: f64 = layers.iter().flatten().map(|at| (sizes[*at].0 + GAP) * (sizes[*at].1 + GAP)).sum();
    let most = (area * 1.7).sqrt().max(1000.0);
    let mut rows = Vec::new();
    for layer in layers {
        let width: f64 = layer.iter().map(|at| sizes[*at].0 + GAP).sum();
        let mut count = 1_usize;
        let mut reach = most;
        while reach < width && count < layer.len() {
            (count, reach) = (count + 1, reach + most);
        }
        rows.extend(layer.chunks(layer.len().div_ceil(count).max(1)).map(<[usize]>::to_vec));
    }
    rows
}

/// Blocks beside and below each other.
fn pack(blocks: Vec<Block>) -> Block {
    let (corners, width, height) = rows_of(&blocks.iter().map(|block| (block.width, block.height)).collect::<Vec<_>>());
    let mut packed = Block { width, height, ..Block::default() };
    for (block, (x, y)) in blocks.into_iter().zip(corners) {
        packed.frames.extend(block.frames.into_iter().map(|(at, frame)| (at, frame.moved(x, y))));
    }
    packed
}

/// Where rectangles go that stand in rows, the highest first, and how large they are together: about as wide as a page.
fn rows_of(sizes: &[(f64, f64)]) -> (Vec<(f64, f64)>, f64, f64) {
    let area: f64 =
        sizes.iter().map(|(width, height)| Frame { width: *width, height: *height, ..Frame::default() }.area()).sum();
    let most = sizes.iter().map(|(width, _)| *width).fold((area * 1.6).sqrt().max(1200.0), f64::max);
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by(|left, right| sizes[*right].1.total_cmp(&sizes[*left].1).then(left.cmp(right)));
    let mut corners = vec![(0.0, 0.0); sizes.len()];
    let (mut x, mut y, mut row, mut widest) = (0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64);
    for at in order {
        let (width, height) = sizes[at];
        if x > 0.0 && x + width > most {
            (x, y, row) = (0.0, y + row + GAP, 0.0);
        }
        corners[at] = (x, y);
        widest = widest.max(x + width);
        x += width + GAP;
        row = row.max(height);
    }
    (corners, widest, y + row)
}

#[cfg(test)]
mod tests {
    use super::*;

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
            let picture = layout(&sizes, &edges, &clusters);
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
        let picture = layout(&sizes, &edges, &one_cluster(60));
        assert!(picture.width < 3.0 * picture.height, "{} × {}", picture.width, picture.height);
    }

    #[test]
    fn nothing_at_all() {
        assert!(layout(&[], &[], &[]).width > 0.0);
        assert!(layout(&[], &[], &one_cluster(0)).width > 0.0);
    }
}
