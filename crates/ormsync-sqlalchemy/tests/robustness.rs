//! No Python makes the reader panic, hang or use up the stack.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use ormsync_dialect::{Dialect, MYSQL, POSTGRESQL, SQLITE};
use ormsync_schema::Reading;
use ormsync_sqlalchemy::{ReadOptions, read, write_models};

const START: &str = "from sqlalchemy import *\nfrom sqlalchemy.orm import *\nclass Base(DeclarativeBase): pass\n";

/// What a single text of these may take, on a busy machine and without optimisation.
const PATIENCE: Duration = Duration::from_secs(40);

fn read_paths(roots: &[PathBuf]) -> Reading {
    read(roots, &ReadOptions { dialect: &POSTGRESQL, server: None, default_namespace: None })
}

fn read_text(text: &str) -> Reading {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("models.py");
    std::fs::write(&path, format!("{START}{text}")).unwrap();
    let start = Instant::now();
    let reading = read_paths(&[path]);
    let beginning: String = text.chars().take(40).collect();
    assert!(start.elapsed() < PATIENCE, "{:?} for {beginning}", start.elapsed());
    reading
}

/// All Python files of the fixtures.
fn fixtures(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            fixtures(&path, found);
        } else if path.extension().is_some_and(|it| it == "py") {
            found.push(path);
        }
    }
}

/// Prefixes of every Python fixture. `ORMSYNC_TEST_PREFIXES=1` takes all of them; else a few of each.
#[test]
fn every_beginning_of_every_fixture_is_read_without_a_panic() {
    let mut found = Vec::new();
    fixtures(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures"), &mut found);
    assert!(found.len() > 100);
    let all = std::env::var_os("ORMSYNC_TEST_PREFIXES").is_some();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("models.py");
    for file in &found {
        let text = std::fs::read_to_string(file).unwrap();
        let step = if all { 1 } else { (text.len() / 8).max(1) };
        for end in (0..text.len()).step_by(step).filter(|end| text.is_char_boundary(*end)) {
            std::fs::write(&path, &text[..end]).unwrap();
            read(std::slice::from_ref(&path), &ReadOptions { dialect: &SQLITE, server: None, default_namespace: None });
        }
    }
}

/// Fixed-seed mistakes in every Python fixture: lines and words taken out, doubled, exchanged with those of another
/// fixture, cut in two. `ORMSYNC_TEST_MISTAKES=200` makes more of each, `ORMSYNC_TEST_SEED=1` makes others. What is
/// read can be written again.
#[test]
fn mistakes_in_every_fixture_are_read_without_a_panic() {
    let number =
        |name: &str, usual: u64| std::env::var(name).ok().map_or(usual, |text| text.parse().expect("a number"));
    let (mistakes, mut state) = (number("ORMSYNC_TEST_MISTAKES", 2), number("ORMSYNC_TEST_SEED", 0));
    let mut found = Vec::new();
    fixtures(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures"), &mut found);
    found.sort();
    let texts: Vec<String> = found.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    for (file, text) in found.iter().zip(&texts) {
        for round in 0..mistakes {
            let other = &texts[below(&mut state, texts.len())];
            let mistaken = with_mistakes(text, other, &mut state);
            let dialect = [&POSTGRESQL as &dyn Dialect, &MYSQL, &SQLITE][below(&mut state, 3)];
            let start = Instant::now();
            let options = ReadOptions { dialect, server: None, default_namespace: None };
            let reading = ormsync_sqlalchemy::read_text("models.py", &mistaken, &options);
            write_models(&reading.schema);
            assert!(start.elapsed() < PATIENCE, "{} takes too long in round {round}:\n{mistaken}", file.display());
        }
    }
}

/// The next number of a fixed sequence (Knuth's MMIX), below a limit.
fn below(state: &mut u64, limit: usize) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*state >> 33).unwrap() % limit.max(1)
}

/// Up to four mistakes in a text.
fn with_mistakes(text: &str, other: &str, state: &mut u64) -> String {
    let mut text = text.to_owned();
    for _ in 0..=below(state, 4) {
        let by_line = below(state, 2) == 0;
        let is_end = |letter: char| if by_line { letter == '\n' } else { !letter.is_alphanumeric() };
        let mut parts: Vec<&str> = text.split_inclusive(is_end).collect();
        let others: Vec<&str> = other.split_inclusive(is_end).collect();
        if parts.is_empty() || others.is_empty() {
            break;
        }
        let (at, from) = (below(state, parts.len()), below(state, others.len()));
        match below(state, 5) {
            0 => _ = parts.remove(at),
            1 => parts.insert(at, parts[below(state, parts.len())]),
            2 => parts[at] = others[from],
            3 => {
                let other = from % parts.len();
                parts.swap(at, other);
            }
            _ => {
                let half = parts[at].char_indices().nth(parts[at].chars().count() / 2).map_or(0, |(index, _)| index);
                parts[at] = &parts[at][..half];
            }
        }
        text = parts.concat();
    }
    text
}

#[test]
fn deep_nesting_is_read_or_refused() {
    let nested = |open: &str, inner: &str, close: &str, depth: usize| {
        format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
    };
    let chained = |part: &str, count: usize| part.repeat(count);
    let indented = |line: &str, depth: usize| -> String {
        (0..depth).map(|level| format!("{}{line}\n", " ".repeat(level))).collect::<String>()
            + &format!("{}pass\n", " ".repeat(depth))
    };
    for text in [
        format!("x = {}\n", nested("(", "1", ")", 10_000)),
        format!("def f(x): return x\nx = {}\n", nested("f(", "1", ")", 5_000)),
        format!("x = {}\n", nested("String(", "1", ")", 5_000)),
        format!("x = {}\n", nested("{'a': ", "1", "}", 5_000)),
        format!("x = {}\n", nested("lambda: (", "1", ")", 5_000)),
        format!("x = {}\n", nested("a if b else (", "1", ")", 5_000)),
        format!("x = 'a'{}\n", chained(" + 'a'", 20_000)),
        format!("x = 1{}\n", chained(" ** 1", 5_000)),
        format!("x = a{}\n", chained(".b", 10_000)),
        format!("x = a{}\n", chained(".b()", 5_000)),
        format!("x = a{}\n", chained("[0]", 10_000)),
        format!("x = {}\n", chained("'a' ", 20_000)),
        format!("x = a{}\n", chained(" and a", 20_000)),
        format!("x = a{}\n", chained(" < a", 20_000)),
        format!("x: {}\n", nested("list[", "int", "]", 5_000)),
        format!("class A(Base):\n    __tablename__ = 'a'\n    x: Mapped[{}]\n", nested("Optional[", "int", "]", 5_000)),
        format!("class A(Base):\n    __tablename__ = 'a'\n    x: Mapped['{}']\n", nested("list[", "int", "]", 5_000)),
        indented("if True:", 90),
        indented("class A(Base):", 90),
        indented("def f():", 90),
        format!("if a: pass\n{}", chained("elif a: pass\n", 5_000)),
        format!("{}class A(Base): pass\n", chained("@decorate\n", 5_000)),
        format!("x = {}\n", nested("f'{", "1", "}'", 50)),
        format!("x = {}[a for a in b]\n", chained("[a for a in b] + ", 2_000)),
    ] {
        read_text(&text);
    }
}

#[test]
fn endless_work_ends() {
    for text in [
        "def f(): return f()\nx = f()\n",
        "def f(n): return f(n + 1) + f(n + 1)\nx = f(0)\n",
        "def f(): return g()\ndef g(): return f()\nx = f()\n",
        "while True: pass\n",
        "while True:\n    while True:\n        x = 1\n",
        "x = [1]\nfor y in x: x.append(y)\n",
        "x = list(range(10 ** 18))\n",
        "x = [0] * 10 ** 18\n",
        "x = 'a' * 10 ** 18\n",
        "x = 'a'\nfor i in range(10 ** 9): x = x + x\n",
        "x = (0,)\nfor i in range(100): x = x + x\n",
        "x = 10 ** 10 ** 10\n",
        "x = 1 << 10 ** 12\n",
        "x = '%1000000000000d' % 1\n",
        "x = f'{1:1000000000000}'\n",
        "x = [a for a in range(10 ** 6) for b in range(10 ** 6)]\n",
        "x = {}\nx['x'] = x\ny = str(x)\n",
        "x = []\nx.append(x)\ny = str(x) + repr(x)\nz = x == x\n",
        "x = []\nx.append(x)\nx.append(x)\ny = x == x\nz = str(x)\n",
        // Each by itself is within its limit, all together are not.
        "x = [0] * 20000\ny = [x * 1 for i in range(15000)]\nz = [x * 1 for i in range(15000)]\n",
        "x = 'a' * 20000\ny = [[x + 'b' for i in range(10000)] for j in range(100)]\n",
        "x = [0] * 10000\ny = [[] for i in range(10000)]\nfor z in y: z.extend(x)\n",
        &"for i in range(10000):\n    for j in range(10000): pass\n".repeat(100),
        "class A(A): pass\n",
        "class A(Base):\n    __tablename__ = 'a'\n    x = Column(ForeignKey('a.x'))\n",
        "class A(Base):\n    __tablename__ = 'a'\n    x = Column(ForeignKey('b.x'))\nclass B(Base):\n    __tablename__ = 'b'\n    x = Column(ForeignKey('a.x'))\n",
        "class T(TypeDecorator):\n    impl = None\nT.impl = T\nclass A(Base):\n    __tablename__ = 'a'\n    id = Column(T, primary_key=True)\n",
        "class M:\n    def __init__(self): self.other = M()\nx = M()\n",
    ] {
        read_text(text);
    }
}

#[test]
fn imports_in_circles_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let package = folder.path().join("models");
    std::fs::create_dir(&package).unwrap();
    let files = [
        ("__init__.py", "from .a import *\nfrom . import b\nfrom models import c\n".to_owned()),
        ("a.py", format!("{START}from .b import B\nfrom .a import Base\nfrom . import a\nclass A(Base):\n    __tablename__ = 'a'\n    id = Column(Integer, primary_key=True)\n")),
        ("b.py", "from .a import *\nfrom .c import *\nclass B(Base):\n    __tablename__ = 'b'\n    id = Column(Integer, primary_key=True)\n".to_owned()),
        ("c.py", "from .b import *\nfrom .c import *\nimport models.c\n".to_owned()),
    ];
    for (name, text) in files {
        std::fs::write(package.join(name), text).unwrap();
    }
    let reading = read_paths(&[package]);
    assert!(reading.schema.table("public", "a").is_some());
}

/// What is made, how, and how much of it.
type Maker = (&'static str, fn(usize) -> String, usize);

/// Twice the input takes about twice the time: four times would be quadratic.
#[test]
fn work_is_linear_in_the_input() {
    let class = |number: usize| {
        format!(
            "class A{number}(Base):\n    __tablename__ = 'a{number}'\n    id: Mapped[int] = mapped_column(primary_key=True)\n    name: Mapped[str | None]\n\n"
        )
    };
    let makers: [Maker; 3] = [
        ("a chain of +", |count| format!("x = 'a'{}\n", " + 'a'".repeat(count)), 8_000),
        (
            "nested calls",
            |count| format!("def f(x): return x\nx = {}1{}\n", "f(".repeat(count), ")".repeat(count)),
            2_000,
        ),
        ("parentheses", |count| format!("x = {}1{}\n", "(".repeat(count), ")".repeat(count)), 8_000),
    ];
    let time = |text: &str| {
        let once = || {
            // Processor time: what else the machine does is not counted.
            let start = ProcessTime::now();
            read_text(text);
            start.elapsed().as_secs_f64()
        };
        (0..3).map(|_| once()).fold(f64::INFINITY, f64::min)
    };
    let judge = |what: &str, small: f64, large: f64| {
        // Four times the input: sixteen times the time would be quadratic.
        assert!(large < small.max(0.005) * 10.0, "{what}: {small:.4} s, four times as much {large:.4} s");
    };
    for (what, make, count) in makers {
        judge(what, time(&make(count)), time(&make(4 * count)));
    }
    let classes = |count: usize| (0..count).map(class).collect::<String>();
    judge("classes", time(&classes(250)), time(&classes(1000)));
}
