import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { newFolder } from '../../testing/new-folder.js';
import { copyOut, type Origin } from './artifacts-out.js';
import { checkExportFlags } from './flags.js';
import { openPlace } from './place.js';
import { readTables } from './schema-notation.js';

describe('the place of an export', () => {
  it('has another name until all is there', async () => {
    const folder = newFolder();
    // No process has this number.
    await writeFile(join(folder, 'out.db.export-99999999'), 'left');
    await writeFile(join(folder, 'out.db.export-1'), 'of one that runs');
    await writeFile(join(folder, 'out.db.exported'), 'of a user');
    const place = await openPlace({ kind: 'sqlite', file: join(folder, 'out.db') });
    expect((await readdir(folder)).sort()).toEqual(['out.db.export-1', 'out.db.exported']);
    if (place.location.kind !== 'sqlite') throw new Error('It is a file');
    await writeFile(place.location.file, 'whole');
    await place.keep();
    await place.clear();
    expect(await readFile(join(folder, 'out.db'), 'utf8')).toBe('whole');
    expect(await readdir(folder)).toHaveLength(3);
  });

  it('takes nobody else’s name', async () => {
    const folder = newFolder();
    const place = await openPlace({ kind: 'sqlite', file: join(folder, 'out.db') });
    if (place.location.kind !== 'sqlite') throw new Error('It is a file');
    await writeFile(place.location.file, 'whole');
    await writeFile(join(folder, 'out.db'), 'of somebody');
    await expect(place.keep()).rejects.toThrow("Can't give");
    await place.clear();
    expect(await readFile(join(folder, 'out.db'), 'utf8')).toBe('of somebody');
  });
});

describe('flags of an export', () => {
  it.each([
    [{ to: 'mysql://h/d' }, /not supported/],
    [{ to: 'sqlite:///new.db', artifacts: 'move' }, /'copy' or 'keep'/],
    [{ to: 'postgresql://h/d', artifacts: 'copy' }, /--artifacts-to/],
    [{ to: `sqlite:///${import.meta.filename}` }, /never adds/],
  ])('refuse %j', (flags, message) => {
    expect(() => checkExportFlags(flags)).toThrow(message);
  });

  it('have defaults', () => {
    const folder = newFolder();
    expect(checkExportFlags({ to: `sqlite:///${folder}/x.db`, artifacts: 'copy' })).toEqual({
      target: { kind: 'sqlite', file: join(folder, 'x.db') },
      artifacts: join(folder, 'mlartifacts'),
      isDry: false,
    });
  });
});

describe('files that are copied out', () => {
  it('are whole, and replace nothing', async () => {
    const folder = newFolder();
    const files: Record<string, string> = { 'a/b/one': '1', 'a/two': '22', gone: '' };
    const origin: Origin = {
      list: async (path) => {
        const below = Object.keys(files).filter(
          (file) => path === '' || file.startsWith(`${path}/`),
        );
        const rest = below.map((file) => file.slice(path === '' ? 0 : path.length + 1).split('/'));
        const names = [...new Set(rest.map(([name = '']) => name))];
        return names.map((name) => ({
          name,
          isFolder: rest.some((parts) => parts[0] === name && parts.length > 1),
        }));
      },
      read: async (path) =>
        path === 'gone' ? undefined : Readable.from([Buffer.from(files[path] ?? '')]),
    };
    await mkdir(join(folder, 'a'));
    await writeFile(join(folder, 'a/two'), 'other');
    const first = await copyOut(origin, folder, () => undefined);
    expect(first).toEqual({ copied: 1, same: 0, bytes: 1, different: ['a/two'] });
    expect(await readFile(join(folder, 'a/b/one'), 'utf8')).toBe('1');
    expect(await readFile(join(folder, 'a/two'), 'utf8')).toBe('other');
    expect(await copyOut(origin, folder, () => undefined)).toMatchObject({ copied: 0, same: 1 });
  });
});

describe('the notation of tables', () => {
  it('is read whole or not at all', () => {
    const [table] = readTables(
      "t\n  a varchar(3)! = 'x', b bigint as (c - d)\n  key k (a)\n  index i (a) include (b) where b > 1\n",
    );
    expect(table?.columns.get('a')).toMatchObject({ limit: 3, isRequired: true, byDefault: "'x'" });
    expect(table?.columns.get('b')).toMatchObject({ type: 'bigint', computed: 'c - d' });
    expect(table?.constraints).toEqual([
      { kind: 'key', name: 'k', rest: '(a)' },
      { kind: 'index', name: 'i', rest: '(a) include (b) where b > 1' },
    ]);
    expect(() => readTables('t\n  a number\n')).toThrow("'a number' is no column");
    expect(() => readTables('  a text\n')).toThrow('belongs to no table');
  });
});
