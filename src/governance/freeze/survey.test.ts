import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SafePath } from '../../artifacts/safe-path.js';
import { newFolder } from '../../testing/new-folder.js';
import { folderOf } from '../testing/folder-of.js';
import { differences, isSame, manifestOf } from './manifest.js';
import { survey } from './survey.js';

const sha256 = (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex');

describe('a survey of a folder', () => {
  it('has every file with its size and digest', async () => {
    const large = Buffer.alloc(3_000_000, 'x');
    const { folder } = folderOf({ MLmodel: 'a', 'data/deep/model.bin': large, empty: '' });
    expect(manifestOf(await survey(folder)).files).toEqual([
      { path: 'MLmodel', size: 1, sha256: sha256('a') },
      { path: 'data/deep/model.bin', size: 3_000_000, sha256: sha256(large) },
      { path: 'empty', size: 0, sha256: sha256('') },
    ]);
  });

  it('leaves out the cards of the model, and no files that are called like them', async () => {
    const names = ['MODEL_CARD.yaml', 'MODEL_CARD.md', 'model_card.yaml', 'README.md'];
    const files = [...names, 'data/README.md', 'readme.md', 'MODEL_CARD.txt', 'MLmodel'];
    const { folder } = folderOf(Object.fromEntries(files.map((name) => [name, 'x'])));
    const found = (await survey(folder)).map(({ path }) => path);
    expect(found.sort()).toEqual(['MLmodel', 'MODEL_CARD.txt', 'data/README.md', 'readme.md']);
  });

  it('takes a digest that is known only for the very file that it is of', async () => {
    const { folder, root } = folderOf({ a: '1', b: '2' });
    const versionOf = async (name: string) => {
      const file = await folder.open(SafePath.parse(name));
      if (typeof file === 'string') throw new Error(file);
      await file.close();
      return file.version;
    };
    const known = new Map([
      ['a', { sha256: 'f'.repeat(64), version: await versionOf('a') }],
      ['b', { sha256: 'f'.repeat(64), version: await versionOf('b') }],
    ]);
    writeFileSync(join(root, 'b'), 'changed');
    const files = await survey(folder, known);
    expect(Object.fromEntries(files.map((file) => [file.path, file.sha256]))).toEqual({
      a: 'f'.repeat(64),
      b: sha256('changed'),
    });
  });

  it('does not follow links out of the folder', async () => {
    const outside = newFolder();
    writeFileSync(join(outside, 'secret'), 'x');
    const { folder, root } = folderOf({ a: '1' });
    symlinkSync(join(outside, 'secret'), join(root, 'file'));
    symlinkSync(outside, join(root, 'folder'));
    expect((await survey(folder)).map(({ path }) => path)).toEqual(['a']);
  });

  it('ends where links make a folder its own descendant', async () => {
    const { folder, root } = folderOf({ a: '1' });
    symlinkSync(root, join(root, 'again'));
    await expect(survey(folder)).rejects.toThrow("The folder is no model's");
  });

  it('refuses names that no path can have', async () => {
    const { folder, root } = folderOf({});
    mkdirSync(join(root, 'data'));
    writeFileSync(join(root, 'data', 'a#b'), 'x');
    await expect(survey(folder)).rejects.toThrow('path');
  });
});

describe('a manifest', () => {
  const file = (path: string, text: string) => ({ path, size: text.length, sha256: sha256(text) });

  it('has its files folder by folder, whichever order they came in', () => {
    const paths = ['a.b', 'a/c', 'a', 'B', 'é', '\u{1f600}', '\uffee'].map((path) =>
      file(path, 'x'),
    );
    const { files } = manifestOf(paths);
    expect(files.map(({ path }) => path)).toEqual([
      'B',
      'a',
      'a/c',
      'a.b',
      'é',
      '\uffee',
      '\u{1f600}',
    ]);
    expect(manifestOf(paths.reverse())).toEqual(manifestOf(files));
  });

  it('has the digest of the digests of its files', () => {
    const bytes = ['1', '2'].map((text) => createHash('sha256').update(text).digest());
    const { rootDigest } = manifestOf([file('b', '2'), file('a', '1')]);
    expect(rootDigest).toBe(sha256(Buffer.concat(bytes)));
  });

  it('tells what came, went and changed', () => {
    const manifest = manifestOf([file('a', '1'), file('b', '2'), file('c', '3')]);
    const found = differences(manifest, [file('d', '4'), file('c', '!'), file('a', '1')]);
    expect(found).toEqual({ added: ['d'], removed: ['b'], changed: ['c'] });
    expect(isSame(found)).toBe(false);
    expect(isSame(differences(manifest, manifest.files))).toBe(true);
  });
});
