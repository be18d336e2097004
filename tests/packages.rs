//! Schemas that packages on npm and PyPI ship: written by others for their own use, so none of our habits
//! is in them. `scripts/judges/packages.sh` fetches them; nothing of them is in this repository.
//!
//! Each is what Prisma's engine makes of it, and stays the same when we write it again.

use std::path::Path;

use crate::case::Dialect;
use crate::judges::scratch::Scratch;
use crate::judges::{Judge, folder, prisma};
use crate::laws::stays_the_same;
use crate::program::{Run, list, ormsync};

/// A test for each schema: where it lies, and its dialect.
macro_rules! schemas {
    ($($name:ident: $dialect:ident, $path:literal;)*) => {
        $(
            #[test]
            fn $name() {
                obeys_the_laws($path, Dialect::$dialect);
            }
        )*

        /// A package that gained a schema with a new pin must get a test.
        #[test]
        fn every_schema_has_a_test() {
            if Judge::Prisma.waived() {
                return;
            }
            let named = [$($path),*];
            let packages = folder().join("packages");
            let mut lying = Vec::new();
            let mut folders = vec![packages.clone()];
            while let Some(folder) = folders.pop() {
                for entry in std::fs::read_dir(folder).unwrap() {
                    let path = entry.unwrap().path();
                    if path.is_dir() {
                        folders.push(path);
                    } else if path.extension().is_some_and(|it| it == "prisma") {
                        lying.push(path.strip_prefix(&packages).unwrap().to_string_lossy().into_owned());
                    }
                }
            }
            // One is broken by intent: an example of what not to do.
            lying.retain(|path| !path.ends_with("/bad_schema.prisma") && !named.contains(&path.as_str()));
            assert!(lying.is_empty(), "no test for {lying:?}");
        }
    };
}

schemas! {
    legal_application: Postgresql, "npm/@danielcok17/prisma-db/prisma/app.prisma";
    legal_texts: Postgresql, "npm/@danielcok17/prisma-db/prisma/law.prisma";
    factory: Postgresql, "npm/@juliobrim/prisma-shared/schema.prisma";
    redwood_javascript: Sqlite, "npm/create-redwood-app/templates/js/api/db/schema.prisma";
    redwood_typescript: Sqlite, "npm/create-redwood-app/templates/ts/api/db/schema.prisma";
    t3: Sqlite, "npm/create-t3-app/template/extras/prisma/schema/base.prisma";
    t3_auth: Sqlite, "npm/create-t3-app/template/extras/prisma/schema/with-auth.prisma";
    t3_better_auth: Sqlite, "npm/create-t3-app/template/extras/prisma/schema/with-better-auth.prisma";
    t3_mysql: Mysql, "npm/create-t3-app/template/extras/prisma/schema/base-planetscale.prisma";
    t3_auth_mysql: Mysql, "npm/create-t3-app/template/extras/prisma/schema/with-auth-planetscale.prisma";
    t3_better_auth_mysql: Mysql, "npm/create-t3-app/template/extras/prisma/schema/with-better-auth-planetscale.prisma";
    litellm: Postgresql, "pypi/litellm/litellm/proxy/schema.prisma";
    litellm_proxy_extras: Postgresql, "pypi/litellm_proxy_extras/litellm_proxy_extras/schema.prisma";
}

fn obeys_the_laws(path: &str, dialect: Dialect) {
    if Judge::Prisma.waived() {
        return;
    }
    let schema = folder().join("packages").join(path);
    assert!(schema.is_file(), "{} is missing: run scripts/judges/install", schema.display());
    prisma::validate(&schema).unwrap_or_else(|message| panic!("the engine refuses it: {message}"));
    let engine_has_diff = dialect != Dialect::Mysql;
    if engine_has_diff {
        equals_its_database(&schema, dialect);
    }
    stays_the_same(&schema, engine_has_diff);
}

/// What we read of it equals the database that the engine's own DDL makes.
fn equals_its_database(schema: &Path, dialect: Dialect) {
    let Some(database) = Scratch::new(dialect) else {
        return;
    };
    let statements = prisma::script(schema).unwrap_or_else(|message| panic!("the engine writes no DDL: {message}"));
    database.execute(&statements).unwrap_or_else(|message| panic!("{message}"));
    let mut command = ormsync();
    command.arg("diff").arg(format!("prisma:{}", schema.display())).arg(database.url());
    let run = Run::of(command.args(["--format", "json", "--fail-on", "note"]));
    let mut report = run.report();
    // Prisma reads views and never makes them.
    report.findings.retain(|finding| finding.rule != "view-missing");
    assert!(report.findings.is_empty(), "differences:\n{}\n\n{run}", list(&report.findings));
    assert_ne!(run.code, Some(2), "not everything could be read:\n{run}");
}
