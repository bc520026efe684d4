// Makes the .br and .gz siblings that the service sends, and refuses a build that has grown too heavy.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const LIMIT = 120_000;
const dist = fileURLToPath(new URL("../dist", import.meta.url));
const names = await readdir(dist, { recursive: true });

let weight = 0;
for (const name of names.filter((each) => /\.(js|css|html|svg)$/.test(each))) {
  const path = join(dist, name);
  const content = await readFile(path);
  const gzip = gzipSync(content, { level: 9 });
  await writeFile(`${path}.gz`, gzip);
  await writeFile(
    `${path}.br`,
    brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }),
  );
  // gzip is the larger of the two: what the heaviest reader of the dashboard receives is what counts.
  if (/^assets.*\.(js|css)$/.test(name)) weight += gzip.length;
}

console.log(`JavaScript and CSS: ${(weight / 1000).toFixed(1)} kB compressed (limit ${LIMIT / 1000} kB)`);
if (weight >= LIMIT) {
  console.error("Too heavy: find what has come in, or raise the limit with a reason.");
  process.exit(1);
}
