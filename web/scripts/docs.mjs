// Puts what the API's documentation page needs beside the dashboard, so that it works without the internet.
import { copyFile, mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const target = here("../dist/docs/");
await mkdir(target, { recursive: true });
for (const name of ["swagger-ui.css", "swagger-ui-bundle.js"]) {
  await copyFile(here(`../node_modules/swagger-ui-dist/${name}`), `${target}${name}`);
}
await copyFile(here("docs-start.js"), `${target}start.js`);
