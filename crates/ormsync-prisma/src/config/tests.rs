#![allow(clippy::unwrap_used)]

use super::*;

fn read(text: &str) -> PrismaConfig {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("prisma.config.ts");
    fs::write(&path, text).unwrap();
    let mut config = read_config(&path);
    let strip = |path: &mut PathBuf| *path = path.strip_prefix(folder.path()).unwrap_or(path).to_owned();
    for named in [&mut config.schema, &mut config.migrations] {
        if let Named::Said(path, _) = named {
            strip(path);
        }
    }
    config.environment_files.iter_mut().for_each(strip);
    config
}

fn environment(name: &str) -> DatasourceUrl {
    DatasourceUrl::Environment(name.to_owned())
}

fn literal(text: &str) -> DatasourceUrl {
    DatasourceUrl::Literal(text.to_owned())
}

#[test]
fn the_template_of_prisma_is_understood() {
    let config = read(
        r#"import "dotenv/config";
import { defineConfig, env } from "prisma/config";
export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  datasource: { url: env("DATABASE_URL") },
});"#,
    );
    assert!(config.diagnostics.is_empty(), "{:?}", config.diagnostics);
    assert_eq!(config.schema.said().unwrap(), Path::new("prisma/schema.prisma"));
    assert_eq!(config.migrations.said().unwrap(), Path::new("prisma/migrations"));
    assert_eq!(config.urls.said().unwrap(), &[environment("DATABASE_URL")]);
    assert_eq!(config.environment_files, [PathBuf::from(".env")]);
}

#[test]
fn fallbacks_are_tried_in_order() {
    let config = read(
        r#"const url = process.env.DIRECT_URL ?? process.env["DATABASE_URL"] || 'file:./dev.db'
           export default { datasource: { url: url! } } satisfies PrismaConfig"#,
    );
    let expected = [environment("DIRECT_URL"), environment("DATABASE_URL"), literal("file:./dev.db")];
    assert_eq!(config.urls.said().unwrap(), &expected);
    let config = read("export default { datasource: { url: process.env.A ?? '' } }");
    assert_eq!(config.urls.said().unwrap(), &[environment("A")]);
}

#[test]
fn paths_are_joined() {
    let config = read(
        r#"import path from "node:path";
           const __dirname = path.dirname(fileURLToPath(import.meta.url));
           try { process.loadEnvFile(path.join(__dirname, "..", ".env")) } catch {}
           config({ path: path.resolve(__dirname, "local.env"), quiet: true });
           export default defineConfig({
             schema: path.join(__dirname, "db", "schema.prisma"),
             migrations: { path: `${process.cwd()}/db/migrations` },
           });"#,
    );
    assert_eq!(config.schema.said().unwrap(), Path::new("db/schema.prisma"));
    assert_eq!(config.migrations.said().unwrap(), Path::new("db/migrations"));
    assert_eq!(config.environment_files, [PathBuf::from("../.env"), PathBuf::from("local.env")]);
    assert!(matches!(config.urls, Named::Unsaid));
}

#[test]
fn a_spread_that_cannot_hold_the_setting_hides_nothing() {
    let config = read(
        r#"export default defineConfig({ datasource: {
             url: env("A"),
             ...(process.env.SHADOW && { shadowDatabaseUrl: env("SHADOW") }),
           } });"#,
    );
    assert_eq!(config.urls.said().unwrap(), &[environment("A")]);
    let config = read(r#"export default defineConfig({ datasource: { url: env("A"), ...others } });"#);
    assert!(matches!(config.urls, Named::Unreadable));
}

#[test]
fn what_only_running_would_tell_is_told() {
    for text in [
        "export default defineConfig({ datasource: { url: findUrl() } });",
        "export default defineConfig({ datasource: { url: production ? env('A') : env('B') } });",
        "export default defineConfig({ datasource: { url: `postgresql://${process.env.USER}@h/d` } });",
        "let url = 'a'; url = 'b'; export default defineConfig({ datasource: { url } });",
        "export default defineConfig({ datasource: load() });",
        "const a = { ...a }; export default defineConfig({ datasource: a });",
        "const a = b + b; const b = a + a; export default defineConfig({ datasource: { url: a } });",
    ] {
        let config = read(text);
        assert!(matches!(config.urls, Named::Unreadable), "{text}");
        assert!(!config.diagnostics.is_empty(), "{text}");
    }
    for text in ["", "export default make();", "export const a = {}", "export default {", "model A {"] {
        let config = read(text);
        assert!(!config.diagnostics.is_empty(), "{text}");
        assert!(config.urls.said().is_none());
    }
}

#[test]
fn module_exports_count_too() {
    let config = read("module.exports = defineConfig({ schema: 'a.prisma' })");
    assert_eq!(config.schema.said().unwrap(), Path::new("a.prisma"));
}

#[test]
fn bad_programs_end_nothing() {
    for sign in ["(", "[", "{", "!", "-", "a=>", "a?", "`${", "new ", "await ", "<a>", "a.b(", "...", "x=", "?.", "/"] {
        read(&sign.repeat(LONGEST / sign.len()));
        read(&format!("export default {}", sign.repeat(LONGEST / sign.len() - 20)));
    }
    read(&"x".repeat(LONGEST + 1));
    read(&format!("export default {}", vec!["'a'"; 8000].join("+")));
}
