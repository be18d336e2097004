#!/usr/bin/env node
// In the place of Prisma's native `schema-engine`, which no npm package carries: the same arguments and the same JSON-RPC on
// standard input and output, answered by the WebAssembly module of the same release. With PRISMA_SCHEMA_ENGINE_BINARY naming
// it, Prisma's own command line runs on PostgreSQL and SQLite. ORMSYNC_JUDGES names the folder with the npm packages.

import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { prismaOf, providerOfUrl } from "./prisma_module.mjs";

const prisma = prismaOf(path.join(process.env.ORMSYNC_JUDGES, "prisma"));
const options = { datamodels: [], datasource: null, command: null };

for (let rest = process.argv.slice(2); rest.length > 0; ) {
  const word = rest.shift();
  if (word === "--version" || word === "-V") {
    console.log(`schema-engine-cli ${await prisma.version()}`);
    process.exit(0);
  } else if (word === "--datamodels" || word === "-d") options.datamodels.push(rest.shift());
  else if (word === "--datasource") options.datasource = JSON.parse(rest.shift());
  else if (word === "--enabled-preview-features" || word === "--extension-types") rest.shift();
  else if (word === "cli") [options.command, rest] = [rest, []];
}

/** The engine's log: the command line reads the reason of a failure from it. */
function log(level, message, more = {}) {
  const timestamp = new Date().toISOString();
  const line = { timestamp, level, fields: { message, ...more }, target: "schema_engine::logger" };
  process.stderr.write(`${JSON.stringify(line)}\n`);
}

const files = options.datamodels.map((name) => [path.resolve(name), fs.readFileSync(name, "utf8")]);
const url = options.datasource?.url;
const fileOf = (address) => address.replace(/^file:/, "");

/** `cli can-connect-to-database`: the one command that is asked by arguments. */
async function answerCommand() {
  try {
    if (providerOfUrl(url) === "sqlite") {
      if (!fs.existsSync(fileOf(url))) throw Object.assign(new Error("the file does not exist"), { code: "P1003" });
    } else {
      await prisma.engine({ url });
    }
    log("INFO", "ok");
    process.exit(0);
  } catch (error) {
    log("ERROR", error.message, { is_panic: false, error_code: error.code ?? "P1001" });
    process.exit(1);
  }
}

const engines = new Map();

function engineFor(address, provider) {
  const key = `${address} ${provider}`;
  // The native engine sends a script in one message, which PostgreSQL takes back as a whole where it fails.
  if (!engines.has(key)) engines.set(key, prisma.engine({ url: address, provider, files, whole: true }));
  return engines.get(key);
}

/** Differences are printed by the engine itself. */
async function diff(parameters) {
  const lockfile = [parameters.from, parameters.to].map((target) => target.lockfile?.content).find(Boolean) ?? "";
  const locked = /provider\s*=\s*"([^"]+)"/.exec(lockfile)?.[1];
  const engine = await engineFor(url, locked ?? (url && providerOfUrl(url)));
  const schema = files.map(([name, content]) => ({ path: name, content }));
  const target = (it) =>
    it.tag === "url" ? { tag: "schemaDatasource", files: schema, configDir: process.cwd() } : it;
  const answer = await engine.diff({ ...parameters, from: target(parameters.from), to: target(parameters.to) });
  if (answer.stdout != null) {
    const line = { jsonrpc: "2.0", id: "printed", method: "print", params: { content: answer.stdout } };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }
  return { exitCode: answer.exitCode, stdout: null };
}

async function answer(method, parameters) {
  if (method === "diff") return diff(parameters);
  const engine = await engineFor(url, url && providerOfUrl(url));
  if (method === "getDatabaseVersion") return engine.version(null);
  if (typeof engine[method] !== "function") throw new Error(`the engine has no ${method}`);
  return (await engine[method](parameters)) ?? null;
}

if (options.command) await answerCommand();

let [waiting, closed] = [0, false];
const end = async () => {
  if (!closed || waiting > 0) return;
  await prisma.close();
  if (process.stdout.writableLength > 0) process.stdout.once("drain", () => process.exit(0));
  else process.exit(0);
};
const lines = readline.createInterface({ input: process.stdin, crlfDelay: Infinity });
lines.on("line", async (line) => {
  const message = line.trim() && JSON.parse(line);
  if (!message?.method) return;
  waiting += 1;
  const reply = { jsonrpc: "2.0", id: message.id };
  try {
    reply.result = await answer(message.method, message.params);
  } catch (error) {
    const data = { is_panic: false, message: error.message ?? String(error), meta: null, error_code: error.code ?? null };
    reply.error = { code: 4466, message: "An error happened. Check the data field for details.", data };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
  waiting -= 1;
  end();
});
lines.on("close", () => {
  closed = true;
  end();
});
