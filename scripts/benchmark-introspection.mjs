// One introspection by Prisma's own schema engine (WebAssembly, as its command line runs it): what `prisma db pull` does
// besides writing the file.
//
// usage: node benchmark-introspection.mjs FOLDER-OF-THE-NPM-PACKAGES postgresql://user@host:port/database

import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const packages = path.resolve(process.argv[2]);
const url = new URL(process.argv[3]);
const require = createRequire(path.join(packages, "/"));
const { PrismaPg } = require("@prisma/adapter-pg");
const { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } = require("@prisma/driver-adapter-utils");

globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message(message) { console.error(message); } };

/** The adapter refuses types that the engine's own catalogue queries give: "char" and name are handed on as text. */
function withCatalogueTypes(connection) {
  const [performIO, queryRaw] = [connection.performIO.bind(connection), connection.queryRaw.bind(connection)];
  connection.queryRaw = async (query) => {
    const characters = [];
    const own = connection.performIO;
    connection.performIO = async (statement) => {
      const result = await performIO(statement);
      result.fields?.forEach((field, place) => {
        if (field.dataTypeID === 18) characters.push(place);
        if (field.dataTypeID === 18 || field.dataTypeID === 19) field.dataTypeID = 25;
        if (field.dataTypeID === 1003) field.dataTypeID = 1009;
      });
      return result;
    };
    const answer = queryRaw(query);
    connection.performIO = own;
    const result = await answer;
    for (const place of characters) result.columnTypes[place] = ColumnTypeEnum.Character;
    return result;
  };
  return connection;
}

const factory = new PrismaPg({
  host: url.hostname,
  port: Number(url.port),
  user: url.username,
  database: url.pathname.slice(1),
  idleTimeoutMillis: 1,
});
const connect = factory.connect.bind(factory);
factory.connect = async () => withCatalogueTypes(await connect());

const glue = await import(pathToFileURL(path.join(packages, "node_modules/@prisma/schema-engine-wasm/schema_engine_bg.js")));
const bytes = fs.readFileSync(path.join(packages, "node_modules/prisma/build/schema_engine_bg.wasm"));
const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { "./schema_engine_bg.js": glue });
glue.__wbg_set_wasm(instance.exports);
instance.exports.__wbindgen_start();
const files = [{ path: "schema.prisma", content: 'datasource db {\n  provider = "postgresql"\n}\n' }];
const datamodels = files.map(({ path: name, content }) => [name, content]);
const engine = await glue.SchemaEngine.new({ datamodels }, () => {}, bindMigrationAwareSqlAdapterFactory(factory));
const answer = await engine.introspect({
  schema: { files },
  baseDirectoryPath: process.cwd(),
  force: false,
  compositeTypeDepth: -1,
  namespaces: null,
});
const models = JSON.stringify(answer).split("\\nmodel ").length - 1;
console.log(models);
process.exit(0);
