import { type Document, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { isDeeperThan } from '../../platform/http/parse-json.js';
import type { JsonValue } from '../../platform/json-value.js';
import { type DocumentLimits, findUnfit } from './unfit.js';
import { hasTooManyTokens, MOST_TOKENS } from './yaml-tokens.js';

/** What came of reading a text: a value of plain JSON, or one sentence that says what is wrong. */
export type ReadDocument =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly problem: string };

/** The bounds of a model card and of a policy. */
export const DOCUMENT_LIMITS: DocumentLimits = {
  characters: 100_000,
  depth: 32,
  values: 10_000,
};

/** The bounds of an `MLmodel` and of a signature, which may have many thousands of columns. */
export const MLMODEL_LIMITS: DocumentLimits = {
  characters: 4 * 1024 * 1024,
  depth: 64,
  values: 300_000,
};

/** How often a YAML text may come back to an anchor. */
const MAX_ALIASES = 100;

const refuse = (problem: string): ReadDocument => ({ ok: false, problem });

/**
 * Reads JSON or YAML 1.2 (core schema, so a date stays a text) that a stranger wrote. The text, its
 * depth and what aliases unfold to are bounded; keys that reach into prototypes, numbers that JSON
 * doesn't know, and broken text are refused. A hostile text costs no more than a long one.
 */
export function readDocument(
  content: string | Uint8Array,
  limits: DocumentLimits = DOCUMENT_LIMITS,
): ReadDocument {
  const text = typeof content === 'string' ? content : decodeUtf8(content, limits);
  if (text === undefined) return refuse('The text is not UTF-8.');
  if (text.length > limits.characters) {
    return refuse(`The text has more than ${limits.characters} characters.`);
  }
  const parsed = parseJson(text, limits) ?? parseYaml(text, limits);
  if (!parsed.ok) return parsed;
  const unfit = findUnfit(parsed.value, limits);
  return unfit === undefined ? parsed : refuse(unfit);
}

/** @returns the text, or undefined where the bytes are none */
export function decodeUtf8(
  bytes: Uint8Array,
  limits: DocumentLimits = DOCUMENT_LIMITS,
): string | undefined {
  // No character takes more than four bytes: what is longer is refused by its length anyhow.
  const enough = bytes.subarray(0, limits.characters * 4 + 4);
  try {
    return new TextDecoder('utf-8', { fatal: enough.length === bytes.length }).decode(enough);
  } catch {
    return undefined;
  }
}

/** @returns undefined where the text is no JSON; then it may still be YAML */
function parseJson(text: string, limits: DocumentLimits): ReadDocument | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  if (isDeeperThan(text, limits.depth)) return tooDeep(limits);
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
  const again = repeatedKey(text);
  if (again === undefined) return { ok: true, value };
  return refuse(`The key ${JSON.stringify(again.slice(0, 100))} stands twice in one object.`);
}

/** @returns a key that stands twice in one object of a text that is JSON */
function repeatedKey(text: string): string | undefined {
  const open: Set<string>[] = [];
  let last = '';
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}:]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (token !== ':') last = token;
    else {
      const keys = open.at(-1);
      const key = JSON.parse(last) as string;
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}

const tooDeep = (limits: DocumentLimits) =>
  refuse(`The text is nested deeper than ${limits.depth} levels.`);

function parseYaml(text: string, limits: DocumentLimits): ReadDocument {
  if (mayNestDeeper(text, limits.depth)) return tooDeep(limits);
  if (hasTooManyTokens(text)) return refuse(`The text has more than ${MOST_TOKENS} tokens.`);
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, {
      schema: 'core',
      version: '1.2',
      merge: false,
      stringKeys: true,
      logLevel: 'error',
      // Each costs a time that grows with the text: one for each mistake, one for each key.
      prettyErrors: false,
      uniqueKeys: false,
      lineCounter: lines,
    });
    const error = document.errors[0] ?? document.warnings[0];
    if (error !== undefined) {
      const many = error.code === 'MULTIPLE_DOCS';
      const reason = many ? 'It holds more than one document' : error.message;
      return notYaml(reason, lines.linePos(error.pos[0]));
    }
    const again = findRepeatedKey(document);
    if (again !== undefined) {
      return notYaml(`The key ${again.key} stands twice in one map`, lines.linePos(again.at));
    }
    return { ok: true, value: document.toJS({ maxAliasCount: MAX_ALIASES }) as JsonValue };
  } catch (error) {
    return notYaml(error instanceof Error ? error.message : 'It can not be read');
  }
}

function notYaml(reason: string, place?: { line: number; col: number }): ReadDocument {
  const where = place === undefined ? '' : ` (line ${place.line}, column ${place.col})`;
  return refuse(`The text is not valid YAML: ${reason.slice(0, 200)}${where}.`);
}

/** Two equal keys would let a reader see another value than the server does. */
function findRepeatedKey(document: Document.Parsed): { key: string; at: number } | undefined {
  let found: { key: string; at: number } | undefined;
  visit(document, {
    Map(_, map) {
      const keys = new Set<unknown>();
      for (const { key } of map.items) {
        const name = isScalar(key) ? String(key.value) : undefined;
        if (name !== undefined && keys.has(name)) {
          const at = isScalar(key) ? (key.range?.[0] ?? 0) : 0;
          found = { key: JSON.stringify(name.slice(0, 100)), at };
          return visit.BREAK;
        }
        keys.add(name);
      }
      return undefined;
    },
  });
  return found;
}

/**
 * A bound for the depth that is found before anything recurses: brackets that are open at once, and
 * block indicators of one line, each of which may open a level.
 */
function mayNestDeeper(text: string, depth: number): boolean {
  let widest = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const indent = line.length - line.trimStart().length;
    // A level of block style is indented by one blank at least, so this bounds the levels.
    if (indent > depth * 16) return true;
    const lead = /^(?:\s*[-?:](?=\s))*/.exec(line)?.[0] ?? '';
    widest = Math.max(widest, (lead.match(/[-?:]/g) ?? []).length);
  }
  return widest > depth || isDeeperThan(text, depth * 8);
}
