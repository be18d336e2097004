//! Finding the `prisma.config.ts` that is about a schema.

use std::path::{Path, PathBuf};

use ormsync_prisma::{CONFIG_FILES, Named, PrismaConfig, folder_of_config, read_config};

use crate::paths;

/// Where Prisma looks for a schema that nothing names, from the folder of its configuration.
const USUAL_SCHEMAS: &[&str] = &["schema.prisma", "prisma/schema.prisma", "prisma/schema", "prisma"];

/// How many folders above a schema are looked into.
const HIGHEST: usize = 6;

/// A configuration of Prisma's and where it is.
#[derive(Debug)]
pub(crate) struct ConfigFile {
    /// The file.
    pub(crate) path: PathBuf,
    /// What it says.
    pub(crate) says: PrismaConfig,
}

impl ConfigFile {
    /// Reads the file.
    pub(crate) fn read(path: PathBuf) -> Self {
        let says = read_config(&path);
        Self { path, says }
    }

    /// The folder that its paths are relative to.
    pub(crate) fn folder(&self) -> &Path {
        folder_of_config(&self.path)
    }

    fn is_about(&self, schema: &Path) -> bool {
        let within = |named: PathBuf| schema.starts_with(&named) || named.starts_with(schema);
        match &self.says.schema {
            Named::Said(named, _) => within(paths::join(Path::new(""), named)),
            Named::Unsaid => USUAL_SCHEMAS.iter().any(|usual| within(paths::join(self.folder(), usual))),
            // The nearest one is; which schema it means is told as not understood.
            Named::Unreadable => true,
        }
    }
}

/// The nearest configuration, beside or above a schema, that is about it.
pub(crate) fn config_of(schema: &Path) -> Option<ConfigFile> {
    for folder in schema.ancestors().take(HIGHEST) {
        let files = CONFIG_FILES.iter().map(|name| folder.join(name)).filter(|path| path.is_file());
        if let Some(found) = files.map(ConfigFile::read).find(|config| config.is_about(schema)) {
            return Some(found);
        }
        // Above `..` a path has no more names; a repository's root is where a project ends.
        if folder.ends_with("..") || folder.join(".git").exists() {
            return None;
        }
    }
    None
}

/// The schema that a configuration is about: the one it names, else where Prisma would look. None where it is not
/// there, or only running the program would tell.
pub(crate) fn schema_of(config: &ConfigFile) -> Option<PathBuf> {
    match &config.says.schema {
        Named::Said(named, _) => Some(paths::join(Path::new(""), named)).filter(|schema| schema.exists()),
        Named::Unsaid => {
            // A folder counts when it is a schema, not for holding one.
            let mut usual = USUAL_SCHEMAS[..2].iter().map(|usual| paths::join(config.folder(), usual));
            usual.find(|schema| schema.is_file())
        }
        Named::Unreadable => None,
    }
}
