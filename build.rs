//! Makes a named test of every folder under `fixtures/` that has a `case.toml`: one per server
//! it is for in `cases`, and one per source and engine in `laws`. What they do is in
//! `tests/cases.rs` and `tests/laws.rs`.

#[path = "tests/case.rs"]
#[allow(dead_code, reason = "the tests use the rest of it")]
mod case;
#[path = "tests/gate/data.rs"]
#[allow(dead_code, reason = "the tests use the rest of it")]
mod data;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use case::{Case, Dialect};
use data::{GateFile, gate_files};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=fixtures");
    println!("cargo::rerun-if-changed=tests/case.rs");
    println!("cargo::rerun-if-changed=tests/gate/data.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("OUT_DIR is not set"))?);
    let mut cases = Tests::default();
    let mut laws = Tests::default();
    for name in case::names() {
        match Case::read(&name) {
            Ok(case) => {
                cases.of_case(&case);
                laws.of_laws(&case);
            }
            // A broken case.toml fails its own test, not everybody's build.
            Err(message) => cases.add(&name, false, "case_file", &format!("panic!(\"{{}}\", {message:?})")),
        }
    }
    let mut gate = Tests::default();
    for name in gate_files() {
        match GateFile::read(&name) {
            Ok(file) => gate.of_gate(&name, &file),
            Err(message) => gate.add(&name, false, "file", &format!("panic!(\"{{}}\", {message:?})")),
        }
    }
    gate.write(&out.join("gate.rs"))?;
    cases.write(&out.join("cases.rs"))?;
    laws.write(&out.join("laws.rs"))
}

/// The text of test functions.
#[derive(Default)]
struct Tests {
    text: String,
}

impl Tests {
    /// Adds one test. `live` ones need a server or an engine.
    fn add(&mut self, case: &str, live: bool, what: &str, body: &str) {
        let gate = if live { "#[cfg(feature = \"live\")]\n" } else { "" };
        let name = identifier(&format!("{case}_{what}"));
        // Writing to a string can't fail.
        let _ = write!(self.text, "{gate}#[test]\nfn fixtures_{name}() {{\n    {body}\n}}\n\n");
    }

    /// The check against the database script, on each server.
    fn of_case(&mut self, case: &Case) {
        if case.database().is_none() {
            return;
        }
        for server in case.file.dialects.iter().flat_map(|dialect| dialect.servers()) {
            let body = format!("check({:?}, Dialect::{server:?});", case.name);
            self.add(&case.name, *server != Dialect::Sqlite, server.server(), &body);
        }
    }

    /// What the engines write, and each source against itself.
    fn of_laws(&mut self, case: &Case) {
        if case.prisma_schema().is_some() {
            self.add(&case.name, false, "prisma_is_itself", &format!("prisma_is_itself({:?});", case.name));
        }
        for dialect in &case.file.dialects {
            let name = dialect.name();
            if case.models().is_some() {
                let body = format!("models_are_themselves({:?}, Dialect::{dialect:?});", case.name);
                self.add(&case.name, false, &format!("models_are_themselves_{name}"), &body);
                let body = format!("models_in_prisma({:?}, Dialect::{dialect:?});", case.name);
                self.add(&case.name, true, &format!("models_in_prisma_{name}"), &body);
                let versions = [("2.0", *dialect)].into_iter().chain(dialect.servers().iter().map(|it| ("2.1", *it)));
                for (version, server) in versions {
                    let body = format!("create_all({:?}, Dialect::{server:?}, {version:?});", case.name);
                    self.add(&case.name, true, &format!("sqlalchemy_{version}_{}", server.server()), &body);
                }
                self.of_written(case, *dialect, "models_rewritten");
                let body = format!("cross_check({:?}, Dialect::{dialect:?});", case.name);
                self.add(&case.name, true, &format!("cross_check_{name}"), &body);
            }
            if case.prisma_schema().is_some() && case.models().is_none() {
                self.of_written(case, *dialect, "prisma_in_models");
            }
            // Only these two dialects are in the engine that the npm packages carry.
            let engine = matches!(dialect, Dialect::Postgresql | Dialect::Sqlite);
            if case.prisma_schema().is_some() && (engine || case.recorded().is_some()) {
                for server in dialect.servers() {
                    let body = format!("prisma_engine({:?}, Dialect::{server:?});", case.name);
                    self.add(&case.name, true, &format!("prisma_{}", server.server()), &body);
                }
            }
            if case.prisma_schema().is_some() && *dialect != Dialect::Mariadb {
                let body = format!("prisma_rewritten({:?}, {engine});", case.name);
                self.add(&case.name, true, &format!("prisma_rewritten_{name}"), &body);
            }
        }
    }

    /// A file of small cases, on each server that it names: those without a database need none.
    fn of_gate(&mut self, name: &str, file: &GateFile) {
        let of = |server: Dialect, has_database: bool| {
            file.case.iter().any(|case| {
                case.sources.has_database() == has_database
                    && case.dialects.iter().any(|dialect| dialect.servers().contains(&server))
            })
        };
        for dialect in [Dialect::Postgresql, Dialect::Mysql, Dialect::Mariadb, Dialect::Sqlite] {
            if of(dialect, false) {
                let body = format!("check({name:?}, Dialect::{dialect:?}, false);");
                self.add(name, false, &format!("models_{}", dialect.name()), &body);
            }
            for server in dialect.servers().iter().filter(|server| of(**server, true)) {
                let body = format!("check({name:?}, Dialect::{server:?}, true);");
                self.add(name, *server != Dialect::Sqlite, server.server(), &body);
            }
        }
    }

    /// What we write as models, run by SQLAlchemy on each server of a dialect. One release for each will do: the
    /// same text is written for all.
    fn of_written(&mut self, case: &Case, dialect: Dialect, what: &str) {
        for server in dialect.servers() {
            let version = if *server == Dialect::PostgresqlNewest { "2.0" } else { "2.1" };
            let body = format!("{what}({:?}, Dialect::{server:?}, {version:?});", case.name);
            self.add(&case.name, true, &format!("{what}_{}", server.server()), &body);
        }
    }

    fn write(&self, path: &Path) -> io::Result<()> {
        fs::write(path, &self.text)
    }
}

/// A Rust name out of a path.
fn identifier(text: &str) -> String {
    text.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '_' }).collect()
}
