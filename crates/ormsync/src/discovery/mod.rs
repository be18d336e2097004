//! What is found below a folder without ormsync.toml. Nothing is picked at random: several candidates for
//! one side are all given back, and the user is asked to choose.

mod alembic_settings;
mod models;
mod prisma_config;
mod prisma_schemas;

use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

pub(crate) use alembic_settings::{AlembicUrl, scripts_of, url_of};
pub(crate) use prisma_config::{ConfigFile, config_of, schema_of};

use crate::paths;

/// Folders that hold other people's code or built output, whether or not `.gitignore` says so.
const FOREIGN_FOLDERS: &[&str] =
    &["node_modules", "site-packages", "__pycache__", "venv", "env", "dist", "build", "target", "vendor"];

/// Text that is longer than this is no hand-written source.
const LONGEST_FILE: u64 = 4 * 1024 * 1024;

/// All candidates below a folder.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    /// Prisma schemas: files, or folders of `.prisma` files.
    pub(crate) prisma: Vec<PathBuf>,
    /// SQLAlchemy models: the roots of each Python project that declares some.
    pub(crate) sqlalchemy: Vec<Vec<PathBuf>>,
    /// Alembic's settings files.
    pub(crate) alembic: Vec<PathBuf>,
}

/// Looks below `folder`, honouring `.gitignore`.
pub(crate) fn discover(folder: &Path) -> Found {
    let files = Files::collect(folder);
    Found {
        prisma: prisma_schemas::schemas(&files),
        sqlalchemy: models::roots(&files),
        alembic: files.named("alembic.ini").map(Path::to_owned).collect(),
    }
}

/// The files below a folder, in order.
struct Files {
    paths: Vec<PathBuf>,
}

impl Files {
    fn collect(folder: &Path) -> Self {
        let walk = WalkBuilder::new(paths::openable(folder))
            .require_git(false)
            .sort_by_file_path(Path::cmp)
            .filter_entry(|entry| {
                let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
                let foreign = FOREIGN_FOLDERS.iter().any(|name| entry.file_name() == *name);
                !(is_folder && entry.depth() > 0 && (foreign || entry.path().join("pyvenv.cfg").is_file()))
            })
            .build();
        // A folder that may not be read hides nothing that the user could have read.
        let files = walk.flatten().filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
        Self { paths: files.map(|entry| paths::join(Path::new(""), entry.path())).collect() }
    }

    fn with_extension(&self, extension: &str) -> impl Iterator<Item = &Path> {
        self.paths.iter().map(PathBuf::as_path).filter(move |path| path.extension().is_some_and(|own| own == extension))
    }

    fn named(&self, name: &str) -> impl Iterator<Item = &Path> {
        self.paths.iter().map(PathBuf::as_path).filter(move |path| path.file_name().is_some_and(|own| own == name))
    }
}

/// The text of a file, unless it cannot be read or is too long to be a source file.
fn text_of(path: &Path) -> Option<String> {
    let short = std::fs::metadata(path).is_ok_and(|metadata| metadata.len() <= LONGEST_FILE);
    let bytes = short.then(|| std::fs::read(path).ok()).flatten()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    fn names(folder: &tempfile::TempDir, found: &[PathBuf]) -> Vec<String> {
        found.iter().map(|path| paths::display(path.strip_prefix(folder.path()).unwrap())).collect()
    }

    const DATASOURCE: &str = "datasource db {\n  provider = \"sqlite\"\n}\n";
    const MODEL: &str = "from sqlalchemy.orm import DeclarativeBase\nclass A(Base):\n    __tablename__ = 'a'\n";

    #[test]
    fn stray_prisma_files_are_not_schemas() {
        let folder = project(&[
            ("prisma/schema.prisma", DATASOURCE),
            ("prisma/schema.backup.prisma", DATASOURCE),
            ("node_modules/x/schema.prisma", DATASOURCE),
        ]);
        assert_eq!(names(&folder, &discover(folder.path()).prisma), ["prisma/schema.prisma"]);
    }

    #[test]
    fn a_schema_folder_is_one_schema() {
        let folder =
            project(&[("prisma/schema/main.prisma", DATASOURCE), ("prisma/schema/user.prisma", "model A {\n}\n")]);
        assert_eq!(names(&folder, &discover(folder.path()).prisma), ["prisma/schema"]);
    }

    #[test]
    fn package_json_says_where_the_schema_is() {
        let folder = project(&[
            ("package.json", r#"{"prisma": {"schema": "db/main.prisma"}}"#),
            ("db/main.prisma", DATASOURCE),
            ("db/other.prisma", "model A {\n}\n"),
        ]);
        assert_eq!(names(&folder, &discover(folder.path()).prisma), ["db/main.prisma"]);
    }

    #[test]
    fn prisma_config_says_where_the_schema_is() {
        let folder = project(&[
            ("web/prisma.config.ts", "export default defineConfig({ schema: path.join(__dirname, 'db') })"),
            ("web/db/main.prisma", DATASOURCE),
            ("web/db/other.prisma", "model A {\n}\n"),
            ("web/prisma/schema.prisma", DATASOURCE),
        ]);
        assert_eq!(names(&folder, &discover(folder.path()).prisma), ["web/db", "web/prisma/schema.prisma"]);
        let schema = |path: &str| config_of(&folder.path().join(path));
        assert!(schema("web/db").is_some() && schema("web/db/main.prisma").is_some());
        assert!(schema("web/prisma/schema.prisma").is_none());
    }

    #[test]
    fn two_schemas_are_two_candidates() {
        let folder = project(&[("prisma/schema.prisma", DATASOURCE), ("packages/db/schema.prisma", DATASOURCE)]);
        assert_eq!(discover(folder.path()).prisma.len(), 2);
    }

    #[test]
    fn models_are_grouped_by_python_project() {
        let folder = project(&[
            ("backend/pyproject.toml", ""),
            ("backend/app/models/user.py", MODEL),
            ("backend/app/models/order.py", MODEL),
            ("backend/app/main.py", "import sqlalchemy\n"),
            (
                "backend/alembic/versions/1_x.py",
                "from alembic import op\nimport sqlalchemy as sa\nsa.Table('x')\nrevision = '1'\n",
            ),
            ("backend/tests/test_models.py", MODEL),
        ]);
        let found = discover(folder.path());
        assert_eq!(found.sqlalchemy.len(), 1);
        assert_eq!(names(&folder, &found.sqlalchemy[0]), ["backend/app/models"]);
    }

    #[test]
    fn two_python_projects_are_two_candidates() {
        let folder = project(&[
            ("a/pyproject.toml", ""),
            ("a/models.py", MODEL),
            ("b/requirements.txt", ""),
            ("b/models.py", MODEL),
        ]);
        let found = discover(folder.path());
        let roots: Vec<_> = found.sqlalchemy.iter().map(|roots| names(&folder, roots)).collect();
        assert_eq!(roots, [["a/models.py"], ["b/models.py"]]);
    }

    #[test]
    fn gitignore_is_honoured() {
        let folder = project(&[(".gitignore", "old/\n"), ("old/schema.prisma", DATASOURCE), ("old/models.py", MODEL)]);
        let found = discover(folder.path());
        assert!(found.prisma.is_empty() && found.sqlalchemy.is_empty());
    }
}
