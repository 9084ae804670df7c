import { mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { SafePath } from '../safe-path.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import type { OpenFile } from './backend.js';
import { LocalFolder } from './local.js';
import { UPLOADS, UploadArea } from './upload-area.js';

const at = (path: string): SafePath => SafePath.parse(path);
const content = (...parts: string[]): Readable =>
  Readable.from(parts.map((part) => Buffer.from(part)));

async function folderOn(top: string): Promise<LocalFolder> {
  return new LocalFolder({ top, uploads: new UploadArea(top) });
}

async function fresh(): Promise<{ top: string; folder: LocalFolder }> {
  const parent = await temporaryFolder();
  const top = join(parent, 'root');
  await mkdir(top);
  await writeFile(join(parent, 'secret'), 'secret');
  return { top, folder: await folderOn(top) };
}

async function readText(folder: LocalFolder, path: string): Promise<string> {
  return text(((await folder.open(at(path))) as OpenFile).read());
}

describe('a local folder', () => {
  it('stores, lists, reads and removes', async () => {
    const { folder } = await fresh();
    await folder.store(at('a/b/c.txt'), content('hello ', 'world'));
    await folder.store(at('a/z'), content());
    await folder.store(at('a/ä'), content('x'));
    expect(await folder.list(at('a'))).toEqual([
      { name: 'b', isFolder: true, size: 0 },
      { name: 'z', isFolder: false, size: 0 },
      { name: 'ä', isFolder: false, size: 1 },
    ]);
    expect(await readText(folder, 'a/b/c.txt')).toBe('hello world');
    await folder.store(at('a/b/c.txt'), content('again'));
    expect(await readText(folder, 'a/b/c.txt')).toBe('again');
    await folder.remove(at('a/b'));
    await folder.remove(at('a/b'));
    await folder.remove(at('a/z/none'));
    expect(await folder.open(at('a/b/c.txt'))).toBe('missing');
    expect(await folder.open(at('a/z/none'))).toBe('missing');
    expect(await folder.open(at('a'))).toBe('folder');
    expect(await folder.list(at('a/z'))).toEqual([]);
    expect(await folder.list(at('none'))).toEqual([]);
  });

  it('stores many small pieces, and more than are synced at a time', async () => {
    const { folder, top } = await fresh();
    const pieces = Array.from({ length: 5_000 }, (_, i) => String(i));
    await folder.store(at('small'), content(...pieces));
    expect(await readText(folder, 'small')).toBe(pieces.join(''));

    const piece = Buffer.alloc(3 * 1024 * 1024 + 1, 'large');
    await folder.store(at('large'), Readable.from(Array.from({ length: 45 }, () => piece)));
    const stored = await readFile(join(top, 'large'));
    expect(stored.length).toBe(45 * piece.length);
    for (let i = 0; i < 45; i++) {
      expect(stored.subarray(i * piece.length, (i + 1) * piece.length).equals(piece)).toBe(true);
    }
  });

  it('makes its root when something is stored', async () => {
    const top = join(await temporaryFolder(), 'not', 'yet');
    const folder = await folderOn(top);
    expect(await folder.list(SafePath.ROOT)).toEqual([]);
    await folder.store(at('x'), content('x'));
    expect(await folder.list(SafePath.ROOT)).toHaveLength(1);
  });

  it('reads a part, and what was there when it was opened', async () => {
    const { folder } = await fresh();
    await folder.store(at('x'), content('0123456789'));
    const file = (await folder.open(at('x'))) as OpenFile;
    const version = await folder.store(at('x'), content('abcdefghij'));
    const other = (await folder.open(at('x'))) as OpenFile;
    expect(other.version).not.toBe(file.version);
    expect(other.version).toBe(version);
    expect(await text(file.read({ start: 2, end: 4 }))).toBe('234');
    await other.close();
  });

  it('shows nothing of an upload that breaks off', async () => {
    const { top, folder } = await fresh();
    await folder.store(at('x'), content('old'));
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.from('new');
      expect(await readdir(join(top, UPLOADS))).toHaveLength(1);
      const [name = ''] = await readdir(join(top, UPLOADS));
      expect((await stat(join(top, UPLOADS, name))).mode & 0o777).toBe(0o600);
      throw new Error('cut off');
    }
    await expect(folder.store(at('x'), broken())).rejects.toThrow('cut off');
    await expect(folder.store(at('new/y'), broken())).rejects.toThrow('cut off');
    expect(await readText(folder, 'x')).toBe('old');
    expect((await folder.list(SafePath.ROOT)).map(({ name }) => name)).toEqual(['x']);
    expect(await readdir(join(top, UPLOADS))).toEqual([]);
  });

  it('hides the area of its uploads and lets nobody in', async () => {
    const { top, folder } = await fresh();
    await folder.store(at('x'), content('x'));
    await writeFile(join(top, UPLOADS, 'half'), 'half');
    expect((await folder.list(SafePath.ROOT)).map(({ name }) => name)).toEqual(['x']);
    expect(await folder.list(at(UPLOADS))).toEqual([]);
    expect(await folder.open(at(`${UPLOADS}/half`))).toBe('missing');
    expect(await folder.open(at(`${UPLOADS.toUpperCase()}/half`))).toBe('missing');
    await expect(folder.remove(at(UPLOADS))).rejects.toThrow('Invalid path');
    await expect(folder.remove(at(`./${UPLOADS}/half`))).rejects.toThrow('Invalid path');
    await expect(folder.store(at(`${UPLOADS}/y`), content('y'))).rejects.toThrow('Invalid path');
    const inside = folder.folder(at(UPLOADS));
    expect(await inside.open(at('half'))).toBe('missing');
  });

  it('sweeps what was left over, not what is under way elsewhere', async () => {
    const { top, folder } = await fresh();
    await folder.store(at('x'), content('x'));
    const area = join(top, UPLOADS);
    const names = {
      ownFormerLife: `${process.pid}.a.${hostname()}`,
      dead: `4194304.b.${hostname()}`,
      alive: `${process.ppid}.c.${hostname()}`,
      otherHost: '1.d.elsewhere',
      oldOtherHost: '1.e.elsewhere',
      oldStranger: 'stranger',
    };
    for (const name of Object.values(names)) await writeFile(join(area, name), '');
    await mkdir(join(area, `4194304.f.${hostname()}`, 'deep'), { recursive: true });
    for (const name of [names.oldOtherHost, names.oldStranger])
      await utimes(join(area, name), 1, 1);
    await new UploadArea(top).sweep();
    expect((await readdir(area)).sort()).toEqual([names.otherHost, names.alive].sort());
  });

  it('never removes its root', async () => {
    const { folder } = await fresh();
    await folder.store(at('a/x'), content('x'));
    await expect(folder.remove(SafePath.ROOT)).rejects.toThrow('Invalid path');
    await expect(folder.remove(at('.'))).rejects.toThrow('Invalid path');
    await expect(folder.folder(at('a')).remove(at('./'))).rejects.toThrow('Invalid path');
    await expect(folder.store(SafePath.ROOT, content('x'))).rejects.toThrow('Invalid path');
    expect(await readText(folder, 'a/x')).toBe('x');
  });

  it('keeps files and folders apart', async () => {
    const { top, folder } = await fresh();
    await folder.store(at('a/x'), content('x'));
    let taken = false;
    async function* body(): AsyncGenerator<Buffer> {
      taken = true;
      yield Buffer.from('y');
    }
    await expect(folder.store(at('a'), body())).rejects.toMatchObject({
      status: 400,
      message: "Artifact path refers to a directory, not a file: 'a'",
    });
    await expect(folder.store(at('a/x/y'), body())).rejects.toMatchObject({ status: 400 });
    await expect(folder.store(at('a/x/y/z'), body())).rejects.toMatchObject({ status: 400 });
    expect(taken).toBe(false);
    expect(await readdir(join(top, 'a'))).toEqual(['x']);
  });

  it('does not follow links out of its root', async () => {
    const { top, folder } = await fresh();
    await mkdir(join(top, 'in'));
    await writeFile(join(top, 'in', 'x'), 'x');
    await symlink('..', join(top, 'up'));
    await symlink('../secret', join(top, 'leak'));
    await symlink('in', join(top, 'inner'));
    await symlink('nowhere', join(top, 'dangling'));
    await symlink('loop', join(top, 'loop'));

    expect(await readText(folder, 'inner/x')).toBe('x');
    expect((await folder.list(SafePath.ROOT)).map(({ name }) => name)).toEqual(['in', 'inner']);
    for (const path of ['leak', 'up/secret', 'up']) {
      await expect(folder.open(at(path)), path).rejects.toMatchObject({ status: 400 });
      await expect(folder.list(at(path)), path).rejects.toMatchObject({ status: 400 });
    }
    await expect(folder.open(at('loop'))).rejects.toMatchObject({ status: 400 });
    for (const path of ['leak', 'up/new', 'up/new/deep', 'up/secret']) {
      await expect(folder.store(at(path), content('!')), path).rejects.toMatchObject({
        status: 400,
      });
    }
    await expect(folder.remove(at('up/secret'))).rejects.toMatchObject({ status: 400 });
    await folder.remove(at('leak'));
    await folder.remove(at('up'));
    expect(await readFile(join(top, '..', 'secret'), 'utf8')).toBe('secret');
    expect(await readdir(join(top, '..'))).toEqual(['root', 'secret']);
  });

  it('does not follow links from one folder of the store into another', async () => {
    const { top, folder } = await fresh();
    await folder.store(at('mine/x'), content('x'));
    await folder.store(at('yours/y'), content('y'));
    await symlink('../yours/y', join(top, 'mine', 'y'));
    await expect(folder.folder(at('mine')).open(at('y'))).rejects.toMatchObject({ status: 400 });
    await symlink('yours', join(top, 'whole'));
    expect(await readText(folder.folder(at('whole')), 'y')).toBe('y');
  });

  it('takes a foreign folder for reading only, and only without links on the way', async () => {
    const { top } = await fresh();
    await writeFile(join(top, 'x'), 'x');
    const foreign = new LocalFolder({ top, isForeign: true });
    expect(await readText(foreign, 'x')).toBe('x');
    await expect(foreign.store(at('y'), content('y'))).rejects.toMatchObject({ status: 403 });
    await expect(foreign.remove(at('x'))).rejects.toMatchObject({ status: 403 });
    await symlink('/', join(top, 'everything'));
    const planted = new LocalFolder({ top: join(top, 'everything'), isForeign: true });
    await expect(planted.open(at('etc/passwd'))).rejects.toMatchObject({ status: 400 });
    await expect(planted.list(SafePath.ROOT)).rejects.toMatchObject({ status: 400 });
  });

  it('says names that a file system refuses in 4xx', async () => {
    const { folder } = await fresh();
    const deep = Array.from({ length: 16 }, () => 'x'.repeat(254)).join('/');
    await expect(folder.store(at(deep), content('x'))).rejects.toMatchObject({ status: 400 });
    await expect(folder.open(at(deep))).rejects.toMatchObject({ status: 400 });
  });

  it('survives folders that are deleted while it stores in them', async () => {
    const { folder } = await fresh();
    const rounds = Array.from({ length: 40 }, async (_, n) => {
      await folder.store(at(`a/b/${n}`), content(String(n)));
      if (n % 4 === 0) await folder.remove(at('a'));
    });
    await Promise.all(rounds);
    for (const { name } of await folder.list(at('a/b'))) {
      expect(await readText(folder, `a/b/${name}`)).toBe(name);
    }
  });
});
