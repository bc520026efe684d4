// Writes src/api/generated.ts from openapi.json; with --check, fails when it is stale instead.
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const target = new URL("../src/api/generated.ts", import.meta.url);
const banner = "// Generated from openapi.json by `npm run generate`. Do not edit.\n";
const fresh = banner + astToString(await openapiTS(new URL("../openapi.json", import.meta.url)));

if (process.argv.includes("--check")) {
  if (fresh !== (await readFile(target, "utf8").catch(() => ""))) {
    console.error("src/api/generated.ts is stale: run `npm run generate`.");
    process.exit(1);
  }
} else {
  await writeFile(target, fresh);
}
