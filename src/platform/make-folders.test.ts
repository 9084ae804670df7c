import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolders } from './make-folders.js';

let top: string;

beforeAll(async () => {
  top = await mkdtemp(join(tmpdir(), 'make-folders-'));
});

afterAll(() => rm(top, { recursive: true, force: true }));

describe('makeFolders', () => {
  it('makes what is missing, and tells the first of it', async () => {
    expect(await makeFolders(join(top, 'a/b/c'))).toBe(join(top, 'a'));
    expect(await makeFolders(join(top, 'a/b/c'))).toBeUndefined();
    expect(await makeFolders(join(top, 'a/b/d'), 0o700)).toBe(join(top, 'a/b/d'));
    expect((await stat(join(top, 'a/b/d'))).mode & 0o777).toBe(0o700);
    expect(await makeFolders('/')).toBeUndefined();
  });

  it('may be asked by many at once', async () => {
    const folder = join(top, 'many/at/once');
    const made = await Promise.all(Array.from({ length: 20 }, () => makeFolders(folder)));
    expect(made.filter((first) => first === join(top, 'many'))).toHaveLength(1);
    expect((await stat(folder)).isDirectory()).toBe(true);
  });

  it('fails below a file, and where nothing can be made', async () => {
    await writeFile(join(top, 'file'), '');
    await expect(makeFolders(join(top, 'file'))).rejects.toThrow('EEXIST');
    await expect(makeFolders(join(top, 'file/below'))).rejects.toThrow('ENOTDIR');
    if (process.platform === 'linux') {
      await expect(makeFolders('/proc/nothing/below/it')).rejects.toThrow('ENOENT');
    }
  });
});
