//! The Python files of a project: finding them, parsing each once, and knowing which file an import means.
//!
//! Everything that touches the disk happens here and before anything is evaluated: starting from the
//! roots, the imports of every file are followed as far as they lead to files of the project. What they
//! name beyond that (SQLAlchemy itself, the standard library) stays a name.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use ormsync_schema::{Diagnostic, Origin, SourceFiles, Span};
use ruff_python_ast::{Expr, PySourceType, Suite};
use ruff_python_parser::parse_unchecked_source;

use crate::known;
use crate::syntax::{imports_of, quoted_annotations};

/// Packages that are never files of the project, whatever folders lie beside the models: an `alembic/`
/// folder at a project's root is not the package `alembic`.
const FOREIGN_PACKAGES: &[&str] = &[
    "abc",
    "alembic",
    "asyncio",
    "collections",
    "contextlib",
    "copy",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "flask",
    "flask_sqlalchemy",
    "functools",
    "hashlib",
    "importlib",
    "inspect",
    "itertools",
    "json",
    "logging",
    "math",
    "operator",
    "os",
    "pathlib",
    "pydantic",
    "random",
    "re",
    "secrets",
    "sqlalchemy",
    "sqlmodel",
    "string",
    "sys",
    "time",
    "types",
    "typing",
    "typing_extensions",
    "uuid",
    "warnings",
];

/// Folders that hold no models of the application itself.
const SKIPPED_FOLDERS: &[&str] = &["__pycache__", "migrations", "node_modules", "site-packages"];

/// How far above a root absolute imports are looked for.
const SEARCH_LEVELS: usize = 6;

/// A file that grows beyond this is not source code that somebody wrote.
const LARGEST_FILE: u64 = 8 * 1024 * 1024;

/// A module by its position in [`Program::modules`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ModuleId(pub(crate) u32);

/// One module: a file, or a folder without `__init__.py`.
#[derive(Debug)]
pub(crate) struct Module {
    /// Its dotted name, as far as its folders are packages.
    pub(crate) name: String,
    /// The shared path that origins carry.
    pub(crate) path: Arc<str>,
    /// The statements; none for a folder without `__init__.py`.
    pub(crate) body: Suite,
    /// The text.
    pub(crate) text: Arc<str>,
    /// Whether it was asked for, rather than only imported.
    pub(crate) is_root: bool,
    /// Whether the parser refused part of it.
    pub(crate) is_broken: bool,
    /// Whether it stands for a package outside the project, of which only some names are known.
    pub(crate) is_known_package: bool,
    /// What the strings in its annotations say (`Mapped["str | None"]`), by their first byte.
    quoted_annotations: HashMap<usize, Expr>,
    /// The folder whose files are its submodules, if it is a package.
    folder: Option<PathBuf>,
    /// The folder that relative imports start from; none for what is no file.
    home: Option<PathBuf>,
}

/// Every module that the roots reach.
#[derive(Debug, Default)]
pub(crate) struct Program {
    pub(crate) modules: Vec<Module>,
    /// (importing module, leading dots, dotted name) → the module meant.
    imports: HashMap<(ModuleId, u32, String), ModuleId>,
    /// (package, name) → its submodule, for those that were reached.
    submodules: HashMap<(ModuleId, String), ModuleId>,
    /// The package that a submodule was reached through.
    packages: HashMap<ModuleId, ModuleId>,
    /// Folders that absolute imports start from, nearest first.
    pub(crate) search: Vec<PathBuf>,
    /// The files that were asked for, by the paths that were given.
    roots: HashMap<PathBuf, ModuleId>,
}

impl Program {
    /// The module of a file that was asked for.
    pub(crate) fn root_at(&self, path: &Path) -> Option<ModuleId> {
        self.roots.get(path).copied()
    }

    pub(crate) fn module(&self, id: ModuleId) -> &Module {
        &self.modules[id.0 as usize]
    }

    /// The module an import statement means, if it is one of the project's.
    pub(crate) fn import(&self, from: ModuleId, level: u32, name: &str) -> Option<ModuleId> {
        self.imports.get(&(from, level, name.to_owned())).copied()
    }

    /// The submodule of a package, if it was reached.
    pub(crate) fn submodule(&self, package: ModuleId, name: &str) -> Option<ModuleId> {
        self.submodules.get(&(package, name.to_owned())).copied()
    }

    /// The packages that an import enters on its way to a module, innermost first: those that do not hold the
    /// importing module itself.
    pub(crate) fn packages_entered(&self, from: ModuleId, to: ModuleId) -> impl Iterator<Item = ModuleId> + '_ {
        let home = self.module(from).home.as_deref();
        let holds = move |package: ModuleId| match (&self.module(package).folder, home) {
            (Some(folder), Some(home)) => home.starts_with(folder),
            _ => true,
        };
        let above = |module: &ModuleId| self.packages.get(module).copied();
        std::iter::successors(above(&to), above).take_while(move |package| !holds(*package))
    }

    /// What a string in an annotation says, by its first byte.
    pub(crate) fn quoted_annotation(&self, module: ModuleId, start: usize) -> Option<&Expr> {
        self.module(module).quoted_annotations.get(&start)
    }

    /// The source text of a span.
    pub(crate) fn slice(&self, module: ModuleId, span: Span) -> &str {
        self.module(module).text.get(span.start..span.end).unwrap_or_default()
    }

    /// The origin of a span.
    pub(crate) fn origin(&self, module: ModuleId, span: Span) -> Origin {
        Origin::file(&self.module(module).path, span)
    }
}

/// Reads and parses everything that `roots` reach.
pub(crate) fn load(roots: &[PathBuf], diagnostics: &mut Vec<Diagnostic>, files: &mut SourceFiles) -> Program {
    let mut loader = Loader::new(diagnostics, files);
    for root in roots {
        loader.add_root(root);
    }
    loader.finish()
}

/// Parses one module that is on no disk, and so reaches no other.
pub(crate) fn load_text(name: &str, text: &str, diagnostics: &mut Vec<Diagnostic>, files: &mut SourceFiles) -> Program {
    let mut loader = Loader::new(diagnostics, files);
    loader.add_module("models".to_owned(), name, text.into(), true);
    loader.finish()
}

struct Loader<'a> {
    program: Program,
    by_path: HashMap<PathBuf, ModuleId>,
    /// Folders that absolute imports start from, nearest first.
    search: Vec<PathBuf>,
    queue: VecDeque<ModuleId>,
    working_directory: PathBuf,
    /// What is at a path: asked once.
    existing: HashMap<PathBuf, PathKind>,
    diagnostics: &'a mut Vec<Diagnostic>,
    files: &'a mut SourceFiles,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PathKind {
    File,
    Folder,
    Nothing,
}

impl<'a> Loader<'a> {
    fn new(diagnostics: &'a mut Vec<Diagnostic>, files: &'a mut SourceFiles) -> Self {
        Self {
            program: Program::default(),
            by_path: HashMap::new(),
            search: Vec::new(),
            queue: VecDeque::new(),
            working_directory: std::env::current_dir().unwrap_or_default(),
            existing: HashMap::new(),
            diagnostics,
            files,
        }
    }

    /// Follows all imports.
    fn finish(mut self) -> Program {
        while let Some(id) = self.queue.pop_front() {
            self.follow_imports(id);
        }
        self.program.search = self.search;
        self.program
    }

    fn add_root(&mut self, root: &Path) {
        let absolute = normal_path(&self.working_directory.join(root));
        match self.kind_of(&absolute) {
            PathKind::File => {
                self.add_search_folders(absolute.parent().unwrap_or(Path::new("/")));
                if let Some(id) = self.load_file(&absolute, true) {
                    self.program.roots.insert(root.to_owned(), id);
                }
            }
            PathKind::Folder => {
                self.add_search_folders(&absolute);
                let mut found = Vec::new();
                python_files(&absolute, &mut found);
                if found.is_empty() {
                    self.diagnostics.push(
                        Diagnostic::error(
                            "sqlalchemy-no-models",
                            format!("{} has no Python files, so there are no models to read", root.display()),
                            Origin::nowhere(),
                        )
                        .with_help("point `models` at the file or package that holds the SQLAlchemy classes"),
                    );
                }
                for file in found {
                    self.load_file(&file, true);
                }
            }
            PathKind::Nothing => self.diagnostics.push(
                Diagnostic::error(
                    "sqlalchemy-missing",
                    format!("{} is not there, so its models could not be read", root.display()),
                    Origin::nowhere(),
                )
                .with_help("point `models` at an existing Python file or package folder"),
            ),
        }
    }

    /// The folder above the outermost package first, as Python's own path would have it; then the folder
    /// itself and those above, up to where the project ends.
    fn add_search_folders(&mut self, folder: &Path) {
        let mut package_top = folder;
        while self.kind_of(&package_top.join("__init__.py")) == PathKind::File {
            match package_top.parent() {
                Some(parent) => package_top = parent,
                None => break,
            }
        }
        let mut candidates = vec![package_top.to_owned(), folder.to_owned()];
        let mut level = folder;
        for _ in 0..SEARCH_LEVELS {
            let is_project_end = [".git", "pyproject.toml", "setup.py", "setup.cfg"]
                .iter()
                .any(|marker| self.kind_of(&level.join(marker)) != PathKind::Nothing);
            if is_project_end {
                break;
            }
            match level.parent() {
                Some(parent) if parent.parent().is_some() => {
                    candidates.push(parent.to_owned());
                    level = parent;
                }
                _ => break,
            }
        }
        for candidate in candidates {
            if !self.search.contains(&candidate) {
                self.search.push(candidate);
            }
        }
    }

    fn kind_of(&mut self, path: &Path) -> PathKind {
        if let Some(kind) = self.existing.get(path) {
            return *kind;
        }
        let kind = match std::fs::metadata(path) {
            Ok(data) if data.is_dir() => PathKind::Folder,
            Ok(_) => PathKind::File,
            Err(_) => PathKind::Nothing,
        };
        self.existing.insert(path.to_owned(), kind);
        kind
    }

    fn load_file(&mut self, path: &Path, is_root: bool) -> Option<ModuleId> {
        if let Some(id) = self.by_path.get(path).copied() {
            self.program.modules[id.0 as usize].is_root |= is_root;
            return Some(id);
        }
        let shown = self.shown_path(path);
        let text = match read_text(path) {
            Ok(text) => text,
            Err(reason) => {
                self.diagnostics.push(
                    Diagnostic::error(
                        "sqlalchemy-unreadable-file",
                        format!("{shown} could not be read: {reason}"),
                        Origin::nowhere(),
                    )
                    .with_help("models are read as UTF-8 text; check the file and its permissions"),
                );
                return None;
            }
        };
        let is_package = path.file_name().is_some_and(|name| name == "__init__.py");
        let id = self.add_module(self.module_name(path), &shown, text.into(), is_root);
        let module = &mut self.program.modules[id.0 as usize];
        module.folder = is_package.then(|| path.parent().map(Path::to_owned)).flatten();
        module.home = path.parent().map(Path::to_owned);
        self.by_path.insert(path.to_owned(), id);
        Some(id)
    }

    /// Parses a module that lies nowhere yet, and has its imports followed.
    fn add_module(&mut self, name: String, shown: &str, text: Arc<str>, is_root: bool) -> ModuleId {
        let shared = self.files.insert(shown, Arc::clone(&text));
        let parsed = parse_unchecked_source(&text, PySourceType::Python);
        let is_broken = !parsed.errors().is_empty();
        if let Some(error) = parsed.errors().first() {
            let span = Span::new(error.location.start().to_usize(), error.location.end().to_usize());
            self.diagnostics.push(
                Diagnostic::error(
                    "python-syntax",
                    format!("this file is not valid Python: {}", error.error),
                    Origin::file(&shared, span),
                )
                .with_help("models in this file may be missing from the answer until it parses"),
            );
        }
        let id = self.push(Module {
            name,
            path: shared,
            quoted_annotations: quoted_annotations(&parsed.syntax().body, &text),
            body: parsed.into_syntax().body,
            text,
            is_root,
            is_broken,
            is_known_package: false,
            folder: None,
            home: None,
        });
        self.queue.push_back(id);
        id
    }

    fn push(&mut self, module: Module) -> ModuleId {
        let id = ModuleId(u32::try_from(self.program.modules.len()).unwrap_or(u32::MAX));
        self.program.modules.push(module);
        id
    }

    /// A package outside the project of which it is known what it brings.
    fn load_known(&mut self, package: &str, source: &str) -> ModuleId {
        let shown = format!("<{package}>");
        let path = PathBuf::from(&shown);
        if let Some(id) = self.by_path.get(&path).copied() {
            return id;
        }
        let text: Arc<str> = source.into();
        let shared = self.files.insert(shown.as_str(), Arc::clone(&text));
        let parsed = parse_unchecked_source(&text, PySourceType::Python);
        let id = self.push(Module {
            name: package.to_owned(),
            path: shared,
            quoted_annotations: HashMap::new(),
            body: parsed.into_syntax().body,
            text,
            is_root: false,
            is_broken: false,
            is_known_package: true,
            folder: None,
            home: None,
        });
        self.by_path.insert(path, id);
        id
    }

    /// A folder without `__init__.py`, as a package.
    fn load_folder(&mut self, folder: &Path) -> ModuleId {
        if let Some(id) = self.by_path.get(folder).copied() {
            return id;
        }
        let id = self.push(Module {
            name: self.module_name(folder),
            path: self.shown_path(folder).as_str().into(),
            quoted_annotations: HashMap::new(),
            body: Suite::new(),
            text: Arc::from(""),
            is_root: false,
            is_broken: false,
            is_known_package: false,
            folder: Some(folder.to_owned()),
            home: Some(folder.to_owned()),
        });
        self.by_path.insert(folder.to_owned(), id);
        id
    }

    fn module_name(&self, path: &Path) -> String {
        let base = self.search.iter().find(|folder| path.starts_with(folder));
        let relative = base.and_then(|folder| path.strip_prefix(folder).ok()).unwrap_or(path);
        let mut parts: Vec<String> =
            relative.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        if let Some(last) = parts.last_mut()
            && let Some(stem) = last.strip_suffix(".py")
        {
            *last = stem.to_owned();
        }
        if parts.last().is_some_and(|last| last == "__init__") {
            parts.pop();
        }
        parts.join(".")
    }

    fn shown_path(&self, path: &Path) -> String {
        path.strip_prefix(&self.working_directory).unwrap_or(path).to_string_lossy().replace('\\', "/")
    }

    fn follow_imports(&mut self, id: ModuleId) {
        for (level, name, members) in imports_of(&self.program.module(id).body) {
            let Some(target) = self.resolve(id, level, &name) else { continue };
            self.program.imports.insert((id, level, name), target);
            for member in members {
                // `from package import module` imports a submodule where there is one.
                self.resolve_submodule(target, &member);
            }
        }
    }

    fn resolve(&mut self, from: ModuleId, level: u32, name: &str) -> Option<ModuleId> {
        if level > 0 {
            let mut folder = self.program.module(from).home.clone()?;
            for _ in 1..level {
                folder = folder.parent()?.to_owned();
            }
            let package = self.load_at(&folder)?;
            return self.descend(package, name);
        }
        if let Some((package, source)) = known::package_of(name) {
            return Some(self.load_known(package, source));
        }
        let first = name.split('.').next().unwrap_or(name);
        if FOREIGN_PACKAGES.contains(&first) {
            return None;
        }
        for folder in self.search.clone() {
            let found = self.load_at(&folder.join(first));
            if let Some(top) = found
                && let Some(target) = self.descend(top, name.split_once('.').map_or("", |(_, rest)| rest))
            {
                return Some(target);
            }
        }
        None
    }

    /// The module at a path without its ending: a package, a file, or a bare folder.
    fn load_at(&mut self, stem: &Path) -> Option<ModuleId> {
        let package = stem.join("__init__.py");
        if self.kind_of(&package) == PathKind::File {
            return self.load_file(&package, false);
        }
        let mut file = stem.as_os_str().to_owned();
        file.push(".py");
        let file = PathBuf::from(file);
        if self.kind_of(&file) == PathKind::File {
            return self.load_file(&file, false);
        }
        (self.kind_of(stem) == PathKind::Folder).then(|| self.load_folder(stem))
    }

    fn descend(&mut self, package: ModuleId, dotted: &str) -> Option<ModuleId> {
        let mut current = package;
        for part in dotted.split('.').filter(|part| !part.is_empty()) {
            current = self.resolve_submodule(current, part)?;
        }
        Some(current)
    }

    fn resolve_submodule(&mut self, package: ModuleId, name: &str) -> Option<ModuleId> {
        if let Some(known) = self.program.submodule(package, name) {
            return Some(known);
        }
        if self.program.module(package).is_known_package {
            if !known::is_submodule(name) {
                return None;
            }
            self.program.submodules.insert((package, name.to_owned()), package);
            return Some(package);
        }
        let stem = self.program.module(package).folder.as_ref()?.join(name);
        let found = self.load_at(&stem)?;
        self.program.submodules.insert((package, name.to_owned()), found);
        self.program.packages.insert(found, package);
        Some(found)
    }
}

/// All `.py` files under a folder in the order of their paths, packages before their modules.
fn python_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut files: BTreeMap<PathBuf, bool> = BTreeMap::new();
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        // Following links could walk in circles; a linked folder can be named as a root of its own.
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if name.starts_with('.') {
            continue;
        }
        if is_folder {
            let is_environment = path.join("pyvenv.cfg").exists();
            let is_alembic = name == "versions" && folder.join("env.py").exists();
            if !is_environment && !is_alembic && !SKIPPED_FOLDERS.contains(&name.as_str()) {
                files.insert(path, true);
            }
        } else if name.ends_with(".py") {
            files.insert(path, false);
        }
    }
    for (path, _) in files.iter().filter(|(_, is_folder)| !**is_folder) {
        found.push(path.clone());
    }
    for (path, _) in files.iter().filter(|(_, is_folder)| **is_folder) {
        python_files(path, found);
    }
}

fn read_text(path: &Path) -> Result<String, String> {
    let size = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if size > LARGEST_FILE {
        return Err(format!("it has {size} bytes, more than source code ever has"));
    }
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())?;
    // A byte order mark is not part of the language.
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// The path without `.` and `..`, so that one file has one path.
fn normal_path(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}
