//! What is Prisma's own: prisma.config.ts, and the providers that are not compared.

use std::path::Path;

use crate::project::{MODELS, Project, SCHEMA, SCRIPT};

/// A project whose Prisma settings all stand in prisma.config.ts: a schema with an unusual name, a URL in a variable,
/// and the variable in a `.env` that the configuration reads.
fn configured() -> Project {
    let project = Project::new(&[
        (
            "web/prisma.config.ts",
            "import \"dotenv/config\";\nimport path from \"node:path\";\nimport { defineConfig, env } from \"prisma/config\";\n\n\
             export default defineConfig({\n  schema: path.join(\"db\", \"notes.prisma\"),\n  \
             migrations: { path: \"db/history\" },\n  datasource: { url: env(\"NOTES_URL\") },\n});\n",
        ),
        ("web/.env", "NOTES_URL=\"file:./notes.db\"\n"),
        ("web/db/notes.prisma", SCHEMA),
        ("app/models.py", MODELS),
    ]);
    project.sqlite("web/notes.db", SCRIPT);
    project
}

#[test]
fn prisma_config_says_where_schema_and_database_are() {
    let project = configured();
    // Nothing else is named: the schema, the URL and its variable all come from prisma.config.ts.
    let check = project.run(&["check"]);
    assert_eq!(check.code, 0, "{}{}", check.stdout, check.stderr);
    for side in ["Prisma", "SQLAlchemy", "database"] {
        assert!(check.stdout.to_lowercase().contains(&side.to_lowercase()), "{side}: {}", check.stdout);
    }
    project.write("web/db/notes.prisma", &SCHEMA.replace("text String", "text String?"));
    let check = project.run(&["check"]);
    assert_eq!(check.code, 1, "{}{}", check.stdout, check.stderr);
    assert!(check.stdout.contains("notes.prisma:7:"), "{}", check.stdout);
}

#[test]
fn prisma_config_is_a_source() {
    let project = configured();
    for (folder, source) in
        [("", "web/prisma.config.ts"), ("", "prisma:web/prisma.config.ts"), ("web", "prisma.config.ts")]
    {
        let run = project.run_in(Path::new(folder), &["inspect", source], &[]);
        assert_eq!(run.code, 0, "{source}: {}", run.stderr);
        let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        assert!(json["namespaces"][""]["tables"]["Note"].is_object(), "{source}: {}", run.stdout);
    }
    let diff = project.run(&["diff", "web/prisma.config.ts", "sqlite:web/notes.db", "--fail-on", "note"]);
    assert_eq!(diff.code, 0, "{}{}", diff.stdout, diff.stderr);
}

#[test]
fn prisma_config_that_only_running_tells_is_told() {
    let project = configured();
    project.write("web/prisma.config.ts", "export default { schema: schemaOf(process.argv) };\n");
    let run = project.run(&["inspect", "web/prisma.config.ts"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("prisma.config.ts") && run.stderr.contains("not found"), "{}", run.stderr);
}

#[test]
fn providers_that_are_not_compared_say_so_everywhere() {
    for provider in ["cockroachdb", "sqlserver", "mongodb"] {
        let schema = SCHEMA.replace("sqlite", provider);
        let project = Project::new(&[("schema.prisma", &schema), ("models.py", MODELS)]);
        project.sqlite("notes.db", SCRIPT);
        let commands: [&[&str]; 4] = [
            &["inspect", "schema.prisma"],
            &["diff", "schema.prisma", "sqlite:notes.db"],
            &["diff", "sqlite:notes.db", "schema.prisma"],
            &["check", "--prisma", "schema.prisma", "--sqlalchemy", "models.py", "--database", "sqlite:notes.db"],
        ];
        for command in commands {
            let run = project.run(command);
            assert_eq!(run.code, 2, "{provider} {command:?}: {}{}", run.stdout, run.stderr);
            let told = format!("{}{}", run.stdout, run.stderr);
            assert!(told.contains(&format!("The provider {provider} is not compared.")), "{command:?}: {told}");
            assert!(told.contains("schema.prisma:2:14"), "{command:?}: {told}");
            // One clear error: nothing is said of the models, which nobody read.
            assert_eq!(told.matches("error[prisma-").count(), 1, "{command:?}: {told}");
        }
    }
}
