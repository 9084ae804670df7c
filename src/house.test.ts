import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = dirname(fileURLToPath(import.meta.url));
const MAX_LINES = 300;

interface SourceFile {
  /** From `src/` on, with slashes. */
  readonly path: string;
  readonly text: string;
  /** Files of this project that it imports, from `src/` on. */
  readonly imports: readonly string[];
}

const files: readonly SourceFile[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.startsWith('generated'))
  .map((path) => {
    const text = readFileSync(join(SRC, path), 'utf8');
    const found = text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g);
    const imports = [...found].map(([, target = '']) =>
      relative(SRC, resolve(SRC, dirname(path), target)).replaceAll('\\', '/'),
    );
    return { path: path.replaceAll('\\', '/'), text, imports };
  });

const production = files.filter(
  ({ path }) => !path.endsWith('.test.ts') && !/(^|\/)testing\//.test(path),
);

/** @returns `importer -> imported` for each import that breaks the rule */
const breaches = (isBreach: (file: SourceFile, target: string) => boolean): string[] =>
  production.flatMap((file) =>
    file.imports
      .filter((target) => isBreach(file, target))
      .map((target) => `${file.path} -> ${target}`),
  );

const room = (path: string): string => path.split('/')[0] ?? '';
const ROOMS = [
  'tracking',
  'tracing',
  'registry',
  'artifacts',
  'webhooks',
  'governance',
  'audit',
  'access',
  'notifications',
  'moving',
  'housekeeping',
  'doctor',
  'observability',
];

describe('the house keeps its rules', () => {
  it('has small files', () => {
    const long = files
      .filter(({ text }) => text.split('\n').length > MAX_LINES + 1)
      .map(({ path }) => path);
    expect(long).toEqual([]);
  });

  it('has a platform that knows nothing of experiments or models', () => {
    expect(
      breaches(({ path }, target) => room(path) === 'platform' && ROOMS.includes(room(target))),
    ).toEqual([]);
  });

  it('keeps tests out of production', () => {
    expect(breaches((_, target) => /(^|\/)testing\/|\.test\.js$/.test(target))).toEqual([]);
  });

  it('plugs slices together in one place: none imports the service of another', () => {
    const slice = (path: string) => path.split('/').slice(0, -1).join('/');
    const isPort = (text: string, target: string) => {
      const name = target.split('/').at(-1)?.replaceAll('.', '\\.');
      return new RegExp(
        `import type [^;]*${name}'|import \\{\\s*type[^}]*\\} from '[^']*${name}'`,
      ).test(text);
    };
    const foreign = breaches(
      (file, target) =>
        ROOMS.includes(room(file.path)) &&
        // Where a room puts its parts together, it knows them all.
        !/(?:\.slices|\/open-[\w-]+)\.ts$/.test(file.path) &&
        target.endsWith('.service.js') &&
        slice(file.path) !== slice(target) &&
        !isPort(file.text, target),
    );
    expect(foreign).toEqual([]);
  });

  it('speaks to other hosts by one client alone, which judges where it connects to', () => {
    const outgoing =
      /\bfetch\(|from 'undici'|from 'node:(?:https|http2|tls)'|\{[^}]*\b(?:request|get|Agent)\b[^}]*\} from 'node:http'/;
    const speakers = production
      .filter(({ path }) => !/^(?:client|platform\/outgoing)\//.test(path))
      .filter(({ text }) => outgoing.test(text))
      .map(({ path }) => path);
    expect(speakers).toEqual([]);
  });

  it('has SQL in stores, pages and the platform alone', () => {
    const sql = /\b(?:insert into|delete from|select [\w*.,\s()']+ from|update \w+ set)\b/i;
    const elsewhere = production
      .filter(({ path }) => ROOMS.includes(room(path)))
      .filter(({ path }) => /\.(?:operations|service)\.ts$/.test(path))
      .filter(({ text }) => sql.test(text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')))
      .map(({ path }) => path);
    expect(elsewhere).toEqual([]);
  });
});
