// Finds what the code asks of browsers that the oldest ones we build for (browsers.json) do not have. Types cannot tell:
// TypeScript's list of the DOM is that of the newest browsers. What JavaScript itself has, `lib` in tsconfig.json bounds.
import { readFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import ts from "typescript";
import { features } from "web-features";

const folder = dirname(import.meta.dirname);
const promised = JSON.parse(readFileSync(`${folder}/browsers.json`, "utf8"));
const supportOf = new Map(
  Object.values(features).flatMap(({ status }) =>
    Object.entries(status?.by_compat_key ?? {}).map(([key, { support }]) => [key, support]),
  ),
);

/** The program that tsconfig.json describes, with `extra` files in memory, by their path. */
function program(extra) {
  const { config } = ts.readConfigFile(`${folder}/tsconfig.json`, ts.sys.readFile);
  const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => path in extra || fileExists(path);
  host.getSourceFile = (path, ...rest) =>
    path in extra ? ts.createSourceFile(path, extra[path], ...rest) : getSourceFile(path, ...rest);
  return ts.createProgram([...fileNames, ...Object.keys(extra)], options, host);
}

const isShipped = (path) => path.startsWith(`${folder}/src/`) && !/\.test\.tsx?$|\/testing\//.test(path);
const isOfTheBrowser = (declaration) => /\/lib\.dom[^/]*\.d\.ts$/.test(declaration.getSourceFile().fileName);

/** What a member is asked of, as in `owner.member` and `const { member } = owner`; null for a name that stands alone. */
function ownerOf(node) {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return parent.expression;
  return ts.isBindingElement(parent) && (parent.propertyName ?? parent.name) === node ? parent.parent : null;
}

function symbolOf(checker, node, owner) {
  if (owner === null || !ts.isObjectBindingPattern(owner)) return checker.getSymbolAtLocation(node);
  return checker.getTypeAtLocation(owner).getProperty(node.text);
}

/** Names under which the data may know a member: those of the interfaces that declare it, and of what it is asked of. */
function* keysOf(checker, owner, symbol) {
  const name = symbol.getName();
  if (owner === null) yield `api.${name}`;
  for (const { parent } of symbol.declarations) {
    if (ts.isInterfaceDeclaration(parent)) yield `api.${parent.name.text}.${name}`;
    // `declare var AbortSignal: { any(…): … }`
    if (ts.isTypeLiteralNode(parent) && ts.isVariableDeclaration(parent.parent))
      yield `api.${parent.parent.name.text}.${name}_static`;
  }
  if (owner !== null) for (const type of typeNames(checker, owner)) yield `api.${type}.${name}`;
}

/** The names of an expression's type and of those that it is made of, mixins being known by them alone. */
function* typeNames(checker, expression) {
  const types = [checker.getApparentType(checker.getNonNullableType(checker.getTypeAtLocation(expression)))];
  for (const type of types) {
    if (type.isUnionOrIntersection()) types.push(...type.types);
    else if (type.isClassOrInterface()) types.push(...checker.getBaseTypes(type));
    if (type.symbol) yield type.symbol.getName();
  }
}

const parts = (version) => String(version).replace("≤", "").split(".").map(Number);

function isOlder(version, wanted) {
  const [[major, minor = 0], [wantedMajor, wantedMinor = 0]] = [parts(version), parts(wanted)];
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
}

/** The promised browsers that lack it: those that got it later, or "preview" or never. */
function without(support) {
  return Object.entries(promised)
    .filter(
      ([browser, version]) => !(support[browser] && /\d/.test(support[browser])) || isOlder(version, support[browser]),
    )
    .map(([browser, version]) => `${browser} ${version}`);
}

/** A line for each use in what is shipped, or in the `extra` files alone when there are any. */
export function newerApis(extra = {}) {
  const whole = program(extra);
  const checker = whole.getTypeChecker();
  const found = [];
  const visit = (node) => {
    if (ts.isIdentifier(node)) judge(node);
    ts.forEachChild(node, visit);
  };
  const judge = (node) => {
    const owner = ownerOf(node);
    const symbol = symbolOf(checker, node, owner);
    if (!symbol?.declarations?.some(isOfTheBrowser) || ts.isPartOfTypeNode(node)) return;
    for (const key of keysOf(checker, owner, symbol)) {
      const support = supportOf.get(key);
      const lacking = support ? without(support) : [];
      if (lacking.length === 0) continue;
      const file = node.getSourceFile();
      const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      found.push(
        `${relative(folder, file.fileName)}:${line}: ${key.replace("api.", "").replace("_static", "")} is not in ${lacking.join(", ")}`,
      );
      return;
    }
  };
  const isLookedAt = Object.keys(extra).length > 0 ? (path) => path in extra : isShipped;
  for (const file of whole.getSourceFiles()) if (isLookedAt(file.fileName)) visit(file);
  return found;
}

if (process.argv[1] === import.meta.filename) {
  const found = newerApis();
  for (const line of found) console.error(line);
  process.exitCode = found.length > 0 ? 1 : 0;
}
