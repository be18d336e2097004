//! The histories that packages on npm and PyPI ship: replayed without a server they are what the real tool makes of them, on
//! each server that they support. What is not replayed is listed here, and in docs/histories.md.

use std::path::Path;

use super::replayed::{copy, deploy, is_the_same, is_the_same_but_for};
use crate::case::Dialect;
use crate::judges::scratch::Scratch;
use crate::judges::{Judge, folder, sqlalchemy};

macro_rules! prisma_packages {
    ($($package:ident: $dialect:ident, $folder:literal, $unreplayed:expr;)*) => {
        $(
            #[test]
            fn $package() {
                is_what_prisma_makes($folder, Dialect::$dialect, &$unreplayed);
            }
        )*
    };
}

prisma_packages! {
    litellm_proxy_extras: Postgresql, "pypi/litellm_proxy_extras/litellm_proxy_extras/migrations", [];
    legal_application: Postgresql, "npm/@danielcok17/prisma-db/prisma/migrations", [];
    local_mcp_database: Postgresql, "npm/@dxheroes/local-mcp-database/prisma/migrations", [];
    // A block that loops over names and runs what `format` makes of them.
    factory: Postgresql, "npm/@juliobrim/prisma-shared/migrations", ["20260326_enable_rls_wave1"];
}

/// `unreplayed`: the migrations of which something is not replayed.
fn is_what_prisma_makes(path: &str, dialect: Dialect, unreplayed: &[&str]) {
    let Some(database) = Scratch::new(dialect).filter(|_| !Judge::Prisma.waived()) else { return };
    let migrations = folder().join("packages").join(path);
    assert!(migrations.is_dir(), "{} is missing: run scripts/judges/install", migrations.display());
    deploy(&migrations, &database, dialect);
    let source = format!("prisma-migrations:{}", migrations.display());
    match unreplayed {
        [] => is_the_same(&source, &database),
        several => is_the_same_but_for(&source, &database, several),
    }
}

macro_rules! alembic_packages {
    ($($package:ident: $dialects:expr, $root:literal, $folder:literal, $unreplayed:expr;)*) => {
        $(
            #[test]
            fn $package() {
                for dialect in $dialects {
                    is_what_alembic_makes($root, $folder, dialect, &$unreplayed);
                }
            }
        )*
    };
}

const POSTGRESQL_AND_SQLITE: [Dialect; 2] = [Dialect::Postgresql, Dialect::Sqlite];

alembic_packages! {
    argilla: POSTGRESQL_AND_SQLITE, "history-packages/argilla_server", "argilla_server/alembic", [];
    basic_memory: POSTGRESQL_AND_SQLITE, "history-packages/basic_memory", "basic_memory/alembic", [];
    conda_store: POSTGRESQL_AND_SQLITE, "history-packages/conda_store_server", "conda_store_server/_internal/alembic", [];
    // MariaDB refuses one of its revisions.
    optuna: [Dialect::Postgresql, Dialect::Sqlite, Dialect::Mysql], "model-packages", "optuna/storages/_rdb/alembic", [];
    // Indexes over a part of a document whose type is a class of the package's own; SQL that the environment decides about.
    phoenix_on_postgresql: [Dialect::Postgresql], "history-packages/arize_phoenix", "phoenix/db/migrations",
        ["f1a6b2f0c9d5", "c9d0e1f2a3b4", "eaf1907ae453"];
    phoenix_on_sqlite: [Dialect::Sqlite], "history-packages/arize_phoenix", "phoenix/db/migrations",
        ["f1a6b2f0c9d5", "c9d0e1f2a3b4"];
    quetz: POSTGRESQL_AND_SQLITE, "history-packages/quetz_server", "quetz/migrations", [];
}

/// The naming convention of Phoenix's models, which its env.py hands on.
const PHOENIX: &str = r#"{"ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_`%(constraint_name)s`", "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s"}"#;

fn is_what_alembic_makes(root: &str, path: &str, dialect: Dialect, unreplayed: &[&str]) {
    let Some(database) = Scratch::new(dialect).filter(|_| !Judge::Sqlalchemy.waived()) else { return };
    let packages = folder().join(root);
    let scripts = packages.join(path);
    assert!(scripts.is_dir(), "{} is missing: run scripts/judges/install", scripts.display());
    // With an env.py that does no more than any: the package's own wants the whole of the package.
    let project = tempfile::tempdir().unwrap();
    copy(&scripts.join("versions"), &project.path().join("versions"));
    let convention = path.starts_with("phoenix").then_some(PHOENIX);
    sqlalchemy::upgrade_package(database.url(), project.path(), &packages, convention).unwrap();
    let source = format!("alembic:{}", Path::new(&scripts).display());
    match unreplayed {
        [] => is_the_same(&source, &database),
        several => is_the_same_but_for(&source, &database, several),
    }
}
