//! Models that packages on PyPI ship: written by others for their own use, so none of our habits is in them.
//! `scripts/judges/packages/models.txt` pins them; nothing of them is in this repository. Many more are rows of
//! `scripts/corpus-rows/packages.toml`, for `scripts/corpus --python`.
//!
//! What is read of their source alone equals the database that the real `create_all` makes of them.

use std::fs;
use std::os::unix::fs::symlink;

use crate::case::Dialect;
use crate::judges::scratch::Scratch;
use crate::judges::{Judge, sqlalchemy};
use crate::program::{Run, list, ormsync};

/// A test for each package and server that it supports.
macro_rules! packages {
    ($($package:ident: $module:literal reads $sources:tt on [$($server:ident: $dialect:ident),*];)*) => {
        $(
            mod $package {
                use super::*;

                $(
                    #[test]
                    fn $server() {
                        equals_its_database($module, &$sources, Dialect::$dialect);
                    }
                )*
            }
        )*
    };
}

packages! {
    celery: "celery.backends.database.models" reads ["celery"]
        on [postgresql: Postgresql, mysql: Mysql, mariadb: Mariadb, sqlite: Sqlite];
    celery_beat: "sqlalchemy_celery_beat.models" reads ["sqlalchemy_celery_beat", "celery"]
        // Its schema is another database to MySQL, which nobody but it may make.
        on [postgresql: Postgresql];
    jupyterhub: "jupyterhub.orm" reads ["jupyterhub"]
        on [postgresql: Postgresql, mysql: Mysql, mariadb: Mariadb, sqlite: Sqlite];
    optuna: "optuna.storages._rdb.models" reads ["optuna"]
        on [postgresql: Postgresql, mysql: Mysql, mariadb: Mariadb, sqlite: Sqlite];
}

fn equals_its_database(module: &str, sources: &[&str], dialect: Dialect) {
    if Judge::Sqlalchemy.waived() {
        return;
    }
    for version in ["2.1", "2.0"] {
        let Some(database) = Scratch::new(dialect) else {
            return;
        };
        sqlalchemy::create_all_of_package(version, module, database.url())
            .unwrap_or_else(|message| panic!("SQLAlchemy {version} refuses {module}: {message}"));
        // The reader sees the source, and which release the project pins, and nothing else that is installed.
        let project = tempfile::tempdir().unwrap();
        fs::write(project.path().join("requirements.txt"), format!("sqlalchemy=={version}.0\npsycopg>=3\n")).unwrap();
        for source in sources {
            symlink(sqlalchemy::model_packages().join(source), project.path().join(source)).unwrap();
        }
        let models = project.path().join(module.replace('.', "/")).with_extension("py");
        assert!(models.is_file(), "{module} is missing: run scripts/judges/install");
        let mut command = ormsync();
        command.arg("diff").arg(format!("sqlalchemy:{}", models.display())).arg(database.url());
        let run = Run::of(command.args(["--format", "json", "--fail-on", "note"]));
        let report = run.report();
        assert!(report.findings.is_empty(), "SQLAlchemy {version}:\n{}\n\n{run}", list(&report.findings));
        // In step, and nothing that could not be read.
        assert!(run.code == Some(0) && report.diagnostics.is_empty(), "SQLAlchemy {version}:\n{run}");
    }
}
