// Prisma's own schema engine, answering on standard output what it is asked on standard input,
// one JSON document a line:
//
//   {"operation": "validate" | "format" | "dmmf" | "script" | "between", "files": [[name, text], …], "to": […]}
//   {"operation": "apply", "url": "…", "migrations": [[name, text], …]}
//   {"operation": "drift", "url": "…", "files": [[name, text]], "external": ["alembic_version"]}
//   {"operation": "apart", "url": "…", "script": "…", "namespaces": ["public"], "external": ["alembic_version"]}
//   {"ok": true, "output": "…"}  or  {"ok": false, "output": "message", "panic": true}
//
// usage: node prisma_engine.mjs FOLDER-OF-THE-NPM-PACKAGES
//
// Where no URL is given no database is needed: what the engine asks a connection for is answered by a stub.
// It knows PostgreSQL and SQLite; MySQL is only validated and formatted.

import readline from "node:readline";
import { panicRegistry, prismaOf, providerOfUrl } from "./prisma_module.mjs";

const prisma = prismaOf(process.argv[2]);
const language = prisma.require("@prisma/prisma-schema-wasm/src/prisma_schema_build.js");

const engines = new Map();

/** The engine for a provider, made once. */
async function engineFor(provider) {
  if (provider !== "postgresql" && provider !== "sqlite") {
    throw new Error(`this engine writes SQL for postgresql and sqlite, not for ${provider}`);
  }
  if (!engines.has(provider)) engines.set(provider, await prisma.engine({ provider }));
  return engines.get(provider);
}

/**
 * Prisma 7 refuses the connection in the schema and Prisma 6 requires it. It says nothing about
 * the tables, so it is left out before this engine sees the schema.
 */
function withoutConnection(files) {
  const isConnection = /^\s*(url|directUrl|shadowDatabaseUrl)\s*=/;
  return files.map(([name, text]) => {
    let inDatasource = false;
    const lines = text.split("\n").map((line) => {
      if (/^\s*datasource\s/.test(line)) inDatasource = true;
      else if (/^\s*}/.test(line)) inDatasource = false;
      return inDatasource && isConnection.test(line) ? "" : line;
    });
    return [name, lines.join("\n")];
  });
}

function providerOf(files) {
  for (const [, text] of files) {
    const found = /^\s*datasource\s+\w+\s*{[^}]*?^\s*provider\s*=\s*"([^"]*)"/m.exec(text);
    if (found) return found[1] === "postgres" ? "postgresql" : found[1];
  }
  throw new Error("the schema names no provider");
}

function validate(files) {
  language.validate(JSON.stringify({ prismaSchema: files, noColor: true }));
}

/** All files formatted, one after the other, as one text. */
function format(files) {
  const settings = { textDocument: { uri: "file:///schema.prisma" }, options: { tabSize: 2, insertSpaces: true } };
  const formatted = JSON.parse(language.format(JSON.stringify(files), JSON.stringify(settings)));
  return formatted.map(([, text]) => text).join("\n");
}

/** How the engine reads a schema, as JSON: the one thing that can be asked of it about MySQL. */
function dmmf(files) {
  return language.get_dmmf(JSON.stringify({ prismaSchema: files, noColor: true }));
}

/** The SQL from one schema to another; `from` null is the empty database. */
async function script(from, to) {
  const target = (files) => ({
    tag: "schemaDatamodel",
    files: files.map(([name, content]) => ({ path: name, content })),
  });
  const engine = await engineFor(providerOf(to));
  const answer = await engine.diff({
    from: from === null ? { tag: "empty" } : target(from),
    to: target(to),
    script: true,
    exitCode: false,
    shadowDatabaseUrl: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  return answer.stdout;
}

const everything = { externalTables: [], externalEnums: [] };

/** A folder of migrations ([name, text] each) as the engine takes it. */
function migrationsOf(migrations, lockfile) {
  return {
    baseDir: "/migrations",
    lockfile: { path: "migration_lock.toml", content: lockfile },
    shadowDbInitScript: "",
    migrationDirectories: migrations.map(([name, text]) => ({
      path: name,
      migrationFile: { path: "migration.sql", content: { tag: "ok", value: text } },
    })),
  };
}

/** Applies migrations ([name, text] each) that a database's history has not, as `migrate deploy` does; gives their names. */
async function apply(url, migrations) {
  const engine = await prisma.engine({ url, whole: true });
  const answer = await engine.applyMigrations({ migrationsList: migrationsOf(migrations, null), filters: everything });
  return answer.appliedMigrationNames.join("\n");
}

/** What would have to be done for a database to be what a schema says. */
async function drift(url, files, externalTables) {
  const engine = await prisma.engine({ url, files });
  const schema = files.map(([path, content]) => ({ path, content }));
  const answer = await engine.diff({
    from: { tag: "schemaDatasource", configDir: "/", files: schema },
    to: { tag: "schemaDatamodel", files: schema },
    script: true,
    exitCode: false,
    shadowDatabaseUrl: null,
    filters: { externalTables, externalEnums: [] },
  });
  return answer.stdout;
}

/** What would have to be done for a database to be what a script makes: the engine runs it on a database of its own. */
async function apart(url, script, namespaces, externalTables) {
  const provider = providerOfUrl(url);
  const schemas = namespaces.length > 0 ? `  schemas = ${JSON.stringify(namespaces)}\n` : "";
  // What it is not told to look at it leaves out: partial indexes, and views.
  const generator = 'generator client {\n  provider = "prisma-client"\n  previewFeatures = ["partialIndexes", "views"]\n}\n';
  const content = `${generator}datasource db {\n  provider = "${provider}"\n${schemas}}\n`;
  const engine = await prisma.engine({ url, files: [["schema.prisma", content]], whole: true });
  try {
    const answer = await engine.diff({
      from: { tag: "schemaDatasource", configDir: "/", files: [{ path: "schema.prisma", content }] },
      to: { tag: "migrations", ...migrationsOf([["20260101000000_all", script]], `provider = "${provider}"`) },
      script: true,
      exitCode: false,
      shadowDatabaseUrl: null,
      filters: { externalTables, externalEnums: [] },
    });
    return answer.stdout;
  } finally {
    await prisma.close();
  }
}

async function answer({ operation, files, to, url, migrations, external, script: text, namespaces }) {
  if (operation === "format") return format(files);
  if (operation === "apply") return apply(url, migrations);
  if (operation === "drift") return drift(url, files, external);
  if (operation === "apart") return apart(url, text, namespaces, external);
  const schema = withoutConnection(files);
  validate(schema);
  switch (operation) {
    case "validate":
      return "";
    case "dmmf":
      return dmmf(schema);
    case "script":
      return script(null, schema);
    case "between": {
      const target = withoutConnection(to);
      validate(target);
      return script(schema, target);
    }
    default:
      throw new Error(`unknown operation ${operation}`);
  }
}

/** Errors of the language come as JSON in the message. */
function messageOf(error) {
  try {
    return JSON.parse(error.message).message ?? error.message;
  } catch {
    return error.message ?? String(error);
  }
}

for await (const line of readline.createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  let reply;
  try {
    reply = { ok: true, output: await answer(JSON.parse(line)) };
  } catch (error) {
    const panic = error instanceof WebAssembly.RuntimeError;
    reply = { ok: false, output: panic ? `panic: ${panicRegistry.message}` : messageOf(error), panic };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
