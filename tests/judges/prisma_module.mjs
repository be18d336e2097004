// Prisma's schema engine: the WebAssembly module inside the npm package `prisma`, the very one that its
// command line runs, and the connections that it is given.

import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// The engine writes the message of a panic here.
export const panicRegistry = {
  message: "",
  set_message(message) {
    this.message = message;
  },
};
globalThis.PRISMA_WASM_PANIC_REGISTRY = panicRegistry;

/** What of a URL decides which connection it is. */
export function providerOfUrl(url) {
  if (/^postgres(ql)?:/.test(url)) return "postgresql";
  if (/^(file|sqlite):/.test(url)) return "sqlite";
  throw new Error(`this engine knows postgresql and sqlite, not ${url.split(":")[0]}`);
}

/** The engine of a folder with the npm packages. */
export function prismaOf(folder) {
  const packages = path.resolve(folder);
  const require = createRequire(path.join(packages, "/"));
  const utilities = () => require("@prisma/driver-adapter-utils");
  let glue;

  /** The engine's module, with the glue of the package made for it. */
  async function load() {
    const glueFile = path.join(packages, "node_modules/@prisma/schema-engine-wasm/schema_engine_bg.js");
    const moduleFile = path.join(packages, "node_modules/prisma/build/schema_engine_bg.wasm");
    const loaded = await import(pathToFileURL(glueFile));
    const module = new WebAssembly.Module(fs.readFileSync(moduleFile));
    const instance = new WebAssembly.Instance(module, { "./schema_engine_bg.js": loaded });
    loaded.__wbg_set_wasm(instance.exports);
    instance.exports.__wbindgen_start();
    return loaded;
  }

  /** A connection to nothing: empty results, and the version the engine wants to hear first. */
  function stub(provider) {
    const { ColumnTypeEnum } = utilities();
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

  /** Prisma's own adapter for PostgreSQL; `whole` sends scripts as the native engine does, in one message. */
  function postgresql(url, whole) {
    const { PrismaPg } = require("@prisma/adapter-pg");
    const at = new URL(url);
    const schema = at.searchParams.get("schema") ?? undefined;
    const settings = {
      host: at.hostname,
      port: Number(at.port || 5432),
      user: decodeURIComponent(at.username) || undefined,
      password: decodeURIComponent(at.password) || undefined,
      database: decodeURIComponent(at.pathname.slice(1)) || "postgres",
      idleTimeoutMillis: 1,
      // What is said in a session (a search path) has to be said to the one that is asked next.
      max: whole ? 1 : 4,
    };
    return wrapped(new PrismaPg(settings, { schema }), (connection) => readsCatalogue(connection, whole));
  }

  /**
   * The adapter refuses types that only the catalogue has ("char", name), which the engine's own queries return: they are
   * told to be text here.
   */
  function readsCatalogue(connection, whole) {
    const { ColumnTypeEnum } = utilities();
    const known = new Set([
      16, 17, 20, 21, 23, 25, 26, 114, 142, 143, 199, 650, 651, 700, 701, 790, 791, 869, 1000, 1001, 1002, 1005, 1007, 1009,
      1014, 1015, 1016, 1021, 1022, 1028, 1041, 1042, 1043, 1082, 1083, 1114, 1115, 1182, 1183, 1184, 1185, 1231, 1266,
      1560, 1561, 1562, 1563, 1700, 2950, 2951, 3802, 3807,
    ]);
    const [perform, query] = [connection.performIO.bind(connection), connection.queryRaw.bind(connection)];
    connection.queryRaw = async (question) => {
      const letters = [];
      const saved = connection.performIO;
      connection.performIO = async (asked) => {
        const result = await perform(asked);
        result.fields?.forEach((field, position) => {
          if (field.dataTypeID === 18) letters.push(position);
          if (!known.has(field.dataTypeID) && field.dataTypeID < 16384) {
            field.dataTypeID = field.dataTypeID === 1003 ? 1009 : 25;
          }
        });
        return result;
      };
      const answer = query(question);
      connection.performIO = saved;
      const rows = await answer;
      for (const position of letters) rows.columnTypes[position] = ColumnTypeEnum.Character;
      return rows;
    };
    if (whole) {
      connection.executeScript = async (script) => {
        try {
          await connection.client.query(script);
        } catch (error) {
          connection.onError(error);
        }
      };
    }
    if (connection.startTransaction) {
      const start = connection.startTransaction.bind(connection);
      connection.startTransaction = async (...how) => readsCatalogue(await start(...how), whole);
    }
    return connection;
  }

  /**
   * The engine asks for a partial index with its name in double quotes, `AND name = "…"`: the SQLite that the native engine
   * brings takes them for a literal, the adapter's was built without that.
   */
  function withLiteralInQuotes(sql) {
    const asked = /^(SELECT sql FROM sqlite_master WHERE type = 'index' AND name = )"(.*)";$/.exec(sql);
    return asked ? `${asked[1]}'${asked[2].replaceAll("'", "''")}';` : sql;
  }

  /** Prisma's own adapter for SQLite. */
  function sqlite(url) {
    const { PrismaLibSql } = require("@prisma/adapter-libsql");
    const file = url.replace(/^(file|sqlite):/, "").replace(/[?].*$/, "");
    return wrapped(new PrismaLibSql({ url: `file:${file}` }), (connection) => {
      const query = connection.queryRaw.bind(connection);
      // The engine takes a history that is not there yet for an error, where the adapter tells it so.
      connection.queryRaw = async (question) => {
        try {
          return await query({ ...question, sql: withLiteralInQuotes(question.sql) });
        } catch (error) {
          const isMissing = /no such table/.test(`${error.message} ${JSON.stringify(error.cause ?? "")}`) ||
            error.cause?.kind === "TableDoesNotExist";
          if (!isMissing || !/^\s*SELECT[\s\S]*_prisma_migrations/.test(question.sql)) throw error;
          const columnNames = [
            "id", "checksum", "finished_at", "migration_name", "logs", "rolled_back_at", "started_at", "applied_steps_count",
          ];
          return { columnNames, columnTypes: columnNames.map(() => utilities().ColumnTypeEnum.Text), rows: [] };
        }
      };
      // Migrations are replayed on the shadow database by this, which takes one statement elsewhere.
      const execute = connection.executeRaw.bind(connection);
      connection.executeRaw = async (question) => {
        if (question.args.length > 0) return execute(question);
        await connection.executeScript(question.sql);
        return 0;
      };
      return connection;
    });
  }

  // Shadow databases that are there: closing a connection drops its database.
  const shadows = new Set();

  function wrapped(factory, wrap) {
    for (const method of ["connect", "connectToShadowDb"]) {
      const connect = factory[method].bind(factory);
      factory[method] = async () => {
        const connection = wrap(await connect());
        if (method === "connectToShadowDb") {
          const dispose = connection.dispose.bind(connection);
          let disposed;
          connection.dispose = () => (disposed ??= dispose());
          shadows.add(connection);
        }
        return connection;
      };
    }
    return factory;
  }

  /** Waits until nothing is left of shadow databases. */
  async function close() {
    await Promise.all([...shadows].map((connection) => connection.dispose()));
    shadows.clear();
  }

  /** An engine for a database, or for none, with the files of a schema. */
  async function engine({ url, provider, files, whole = false }) {
    glue ??= await load();
    const name = provider ?? providerOfUrl(url);
    let adapter;
    if (!url) adapter = stub(name === "postgresql" ? "postgres" : name);
    else adapter = name === "postgresql" ? postgresql(url, whole) : sqlite(url);
    const datamodels = files?.length ? files : [["schema.prisma", `datasource db {\n  provider = "${name}"\n}\n`]];
    const bound = utilities().bindMigrationAwareSqlAdapterFactory(adapter);
    return glue.SchemaEngine.new({ datamodels }, () => {}, bound);
  }

  return { require, engine, close, version: async () => (glue ??= await load()).version() };
}
