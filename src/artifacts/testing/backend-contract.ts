import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { ArtifactBackend, OpenFile } from '../backends/backend.js';
import { SafePath } from '../safe-path.js';

const MIB = 1024 * 1024;

const at = (path: string): SafePath => SafePath.parse(path);
const content = (...parts: string[]): Readable =>
  Readable.from(parts.map((part) => Buffer.from(part)));

async function opened(backend: ArtifactBackend, path: string): Promise<OpenFile> {
  const file = await backend.open(at(path));
  if (typeof file === 'string') throw new Error(`${path} is ${file}`);
  return file;
}

async function readText(backend: ArtifactBackend, path: string): Promise<string> {
  return text((await opened(backend, path)).read());
}

async function sizeOf(backend: ArtifactBackend, path: string): Promise<number> {
  const file = await opened(backend, path);
  await file.close();
  return file.size;
}

/** Bytes that differ from place to place, so that a part in the wrong place shows. */
function numbered(size: number): Buffer {
  const bytes = Buffer.alloc(size, 'artifact');
  for (let place = 0; place + 4 <= size; place += 64 * 1024) bytes.writeUInt32LE(place, place);
  return bytes;
}

function* inChunks(bytes: Buffer, size = 300_000): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += size)
    yield bytes.subarray(start, start + size);
}

async function sha256(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

/**
 * What every store of artifacts does, whatever it keeps them in.
 *
 * @param backend makes one, which asks for few objects at a time if it asks for pages, that others
 *   don't write to; each test has a folder of its own in it
 */
export function backendContract(name: string, backend: () => Promise<ArtifactBackend>): void {
  const fresh = async (): Promise<ArtifactBackend> => (await backend()).folder(at(randomUUID()));

  describe(`artifacts in ${name}`, () => {
    it('are stored, listed, read and removed', async () => {
      const store = await fresh();
      await store.store(at('a/b/c.txt'), content('hello ', 'world'));
      await store.store(at('a/z'), content());
      await store.store(at('a/ä ?%2e+&=\'"'), content('x'));
      expect(await store.list(at('a'))).toEqual([
        { name: 'b', isFolder: true, size: 0 },
        { name: 'z', isFolder: false, size: 0 },
        { name: 'ä ?%2e+&=\'"', isFolder: false, size: 1 },
      ]);
      expect(await store.list(SafePath.ROOT)).toEqual([{ name: 'a', isFolder: true, size: 0 }]);
      expect(await readText(store, 'a/b/c.txt')).toBe('hello world');
      expect(await readText(store, 'a/ä ?%2e+&=\'"')).toBe('x');
      expect(await sizeOf(store, 'a/z')).toBe(0);
      await store.store(at('a/b/c.txt'), content('again'));
      expect(await readText(store.folder(at('a')), 'b/c.txt')).toBe('again');
      await store.remove(at('a/b'));
      await store.remove(at('a/b'));
      expect(await store.open(at('a/b/c.txt'))).toBe('missing');
      expect(await store.open(at('a'))).toBe('folder');
      expect(await store.open(at('a/z/none'))).toBe('missing');
      expect(await store.list(at('a/z'))).toEqual([]);
      expect(await store.list(at('none'))).toEqual([]);
    });

    it('are removed with their folder and nothing beside it', async () => {
      const store = await fresh();
      for (const path of ['m/x', 'm/y/z', 'm-other', 'mm/x', 'm.txt']) {
        await store.store(at(path), content(path));
      }
      await store.remove(at('m'));
      const names = (await store.list(SafePath.ROOT)).map((entry) => entry.name);
      expect(names).toEqual(['m-other', 'm.txt', 'mm']);
    });

    it('are listed whole, however many there are', async () => {
      const store = await fresh();
      const names = Array.from({ length: 60 }, (_, n) => `f${String(n).padStart(5, '0')}`);
      for (let start = 0; start < names.length; start += 20) {
        const some = names.slice(start, start + 20);
        await Promise.all(some.map((file) => store.store(at(`many/${file}`), content('x'))));
      }
      expect((await store.list(at('many'))).map((entry) => entry.name)).toEqual(names);
      await store.remove(at('many'));
      expect(await store.list(at('many'))).toEqual([]);
    });

    it.each([0, 1, 5 * MIB - 1, 5 * MIB, 5 * MIB + 1, 10 * MIB, 21 * MIB + 7])(
      'come back as they were sent: %i bytes',
      async (size) => {
        const store = await fresh();
        const bytes = numbered(size);
        const version = await store.store(at('file.bin'), Readable.from(inChunks(bytes)));
        const file = await opened(store, 'file.bin');
        expect(file.size).toBe(size);
        expect(file.version).toBe(version);
        expect(Date.now() - file.modified.getTime()).toBeLessThan(600_000);
        expect(await sha256(file.read())).toBe(await sha256([bytes]));
      },
    );

    it('are read in parts', async () => {
      const store = await fresh();
      await store.store(at('x'), content('0123456789'));
      for (const [start, end, part] of [
        [0, 0, '0'],
        [2, 4, '234'],
        [9, 9, '9'],
        [0, 9, '0123456789'],
      ] as const) {
        expect(await text((await opened(store, 'x')).read({ start, end }))).toBe(part);
      }
      const large = numbered(9 * MIB);
      await store.store(at('large'), Readable.from(inChunks(large)));
      const range = { start: 5 * MIB - 10, end: 5 * MIB + 10 };
      const part = (await opened(store, 'large')).read(range);
      const expected = large.subarray(range.start, range.end + 1);
      expect(await sha256(part)).toBe(await sha256([expected]));
    });

    it('tell one version of a file from another', async () => {
      const store = await fresh();
      const first = await store.store(at('x'), content('one'));
      const before = await opened(store, 'x');
      expect(before.version).toBe(first);
      await before.close();
      const second = await store.store(at('x'), content('two'));
      expect(second).not.toBe(first);
      const file = await opened(store, 'x');
      expect(file.version).toBe(second);
      await file.close();
      // It goes into an ETag as it is.
      expect(second).toMatch(/^[\x21\x23-\x7e]+$/);
    });

    it.each([
      ['at once', 0],
      ['in the first part', 5],
      ['in a later part', 20],
    ])('are not seen of an upload that breaks off %s', async (_, chunks) => {
      const store = await fresh();
      await store.store(at('x'), content('old'));
      async function* broken(): AsyncGenerator<Buffer> {
        for (let sent = 0; sent < chunks; sent += 1) yield Buffer.alloc(MIB);
        throw new Error('cut off');
      }
      await expect(store.store(at('x'), broken())).rejects.toThrow('cut off');
      await expect(store.store(at('new/y'), broken())).rejects.toThrow('cut off');
      expect(await readText(store, 'x')).toBe('old');
      expect((await store.list(SafePath.ROOT)).map((entry) => entry.name)).toEqual(['x']);
    });

    it('are one of the two when two write them at a time', async () => {
      const store = await fresh();
      const one = Buffer.alloc(9 * MIB, 'one');
      const two = Buffer.alloc(9 * MIB, 'two');
      const both = [one, two];
      const done = await Promise.allSettled(
        both.map((bytes) => store.store(at('raced'), Readable.from(inChunks(bytes)))),
      );
      const stored = both.filter((_, nth) => done[nth]?.status === 'fulfilled');
      expect(stored).not.toEqual([]);
      for (const each of done) {
        // A store may say that one of them came too late, for the client to repeat.
        if (each.status === 'rejected') expect(each.reason).toMatchObject({ status: 503 });
      }
      const found = await sha256((await opened(store, 'raced')).read());
      expect(await Promise.all(stored.map((bytes) => sha256([bytes])))).toContain(found);
    });

    it('have a root that is never written to or removed', async () => {
      const store = await fresh();
      await store.store(at('x'), content('x'));
      await expect(store.remove(SafePath.ROOT)).rejects.toThrow('Invalid path');
      await expect(store.remove(at('./.'))).rejects.toThrow('Invalid path');
      await expect(store.store(SafePath.ROOT, content('x'))).rejects.toThrow('Invalid path');
      expect(await store.open(SafePath.ROOT)).toBe('folder');
      expect(await readText(store, 'x')).toBe('x');
    });

    it('have no names that are longer than the store takes', async () => {
      const store = await fresh();
      const deep = at(Array.from({ length: 16 }, () => 'x'.repeat(254)).join('/'));
      await expect(store.store(deep, content('x'))).rejects.toMatchObject({ status: 400 });
      await expect(store.open(deep)).rejects.toMatchObject({ status: 400 });
    });

    it('are taken no faster than they are stored', async () => {
      const store = await fresh();
      let produced = 0;
      async function* endless(): AsyncGenerator<Buffer> {
        for (; produced < 64; produced += 1) yield Buffer.alloc(MIB, produced);
      }
      const storing = store.store(at('paced'), endless());
      await new Promise((resolve) => setImmediate(resolve));
      expect(produced).toBeLessThan(40);
      await storing;
      expect(await sizeOf(store, 'paced')).toBe(64 * MIB);
    });
  });
}
