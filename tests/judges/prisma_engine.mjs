// Prisma's own schema engine, answering on standard output what it is asked on standard input,
// one JSON document a line:
//
//   {"operation": "validate" | "format" | "dmmf" | "script" | "between", "files": [[name, text], …], "to": […]}
//   {"ok": true, "output": "…"}  or  {"ok": false, "output": "message", "panic": true}
//
// usage: node prisma_engine.mjs FOLDER-OF-THE-NPM-PACKAGES
//
// The engine is the WebAssembly module inside the npm package `prisma`, the very one that its
// command line runs. No database is needed: what it asks a connection for is answered by a stub.
// It knows PostgreSQL and SQLite; MySQL is only validated and formatted.

import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const packages = path.resolve(process.argv[2]);
const require = createRequire(path.join(packages, "/"));
const language = require("@prisma/prisma-schema-wasm/src/prisma_schema_build.js");
const { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } = require("@prisma/driver-adapter-utils");

// The engine writes the message of a panic here.
const panicRegistry = {
  message: "",
  set_message(message) {
    this.message = message;
  },
};
globalThis.PRISMA_WASM_PANIC_REGISTRY = panicRegistry;

/** The engine's module, with the glue of the package made for it. */
async function loadEngine() {
  const glueFile = path.join(packages, "node_modules/@prisma/schema-engine-wasm/schema_engine_bg.js");
  const moduleFile = path.join(packages, "node_modules/prisma/build/schema_engine_bg.wasm");
  const glue = await import(pathToFileURL(glueFile));
  const module = new WebAssembly.Module(fs.readFileSync(moduleFile));
  const instance = new WebAssembly.Instance(module, { "./schema_engine_bg.js": glue });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return glue;
}

/** A connection to nothing: empty results, and the version the engine wants to hear first. */
function stubAdapter(provider) {
  const nothing = { columnNames: [], columnTypes: [], rows: [] };
  const version = {
    columnNames: ["exists", "version", "numeric_version"],
    columnTypes: [ColumnTypeEnum.Boolean, ColumnTypeEnum.Text, ColumnTypeEnum.Int32],
    rows: [[true, "PostgreSQL 16.0", 160000]],
  };
  const connect = async () => ({
    provider,
    adapterName: "stub",
    queryRaw: async ({ sql }) => (/server_version_num/.test(sql) ? version : nothing),
    executeRaw: async () => 0,
    executeScript: async () => {},
    startTransaction: async () => {
      throw new Error("there is no database here");
    },
    getConnectionInfo: () => ({ supportsRelationJoins: true }),
    dispose: async () => {},
  });
  return { provider, adapterName: "stub", connect, connectToShadowDb: connect };
}

const engines = new Map();
let glue;

/** The engine for a provider, made once. */
async function engineFor(provider) {
  if (provider !== "postgresql" && provider !== "sqlite") {
    throw new Error(`this engine writes SQL for postgresql and sqlite, not for ${provider}`);
  }
  if (!engines.has(provider)) {
    glue ??= await loadEngine();
    const adapter = stubAdapter(provider === "postgresql" ? "postgres" : provider);
    const datamodels = [["schema.prisma", `datasource db {\n  provider = "${provider}"\n}\n`]];
    const engine = await glue.SchemaEngine.new({ datamodels }, () => {}, bindMigrationAwareSqlAdapterFactory(adapter));
    engines.set(provider, engine);
  }
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

async function answer({ operation, files, to }) {
  if (operation === "format") return format(files);
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
