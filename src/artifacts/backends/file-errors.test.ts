import { mkdir, readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { SafePath } from '../safe-path.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { fileError } from './file-errors.js';
import { LocalFolder } from './local.js';
import { UPLOADS, UploadArea } from './upload-area.js';

const failure = (code: string): Error => Object.assign(new Error(`${code}: /srv/secret`), { code });

describe('an error of the file system', () => {
  it.each([
    ['EISDIR', 400],
    ['ENOTEMPTY', 400],
    ['EEXIST', 400],
    ['ENOTDIR', 400],
    ['ENAMETOOLONG', 400],
    ['ELOOP', 400],
    ['EINVAL', 400],
    ['EACCES', 403],
    ['EROFS', 403],
    ['ENOSPC', 507],
    ['EDQUOT', 507],
    ['EMFILE', 503],
  ])('%s is %i to the client, without a path of the server', (code, status) => {
    const shown = fileError(failure(code), 'a/b');
    expect(shown).toMatchObject({ status });
    expect(JSON.stringify(shown)).not.toContain('secret');
  });

  it('that says nothing to clients stays what it is', () => {
    const error = failure('EIO');
    expect(fileError(error, 'a/b')).toBe(error);
  });

  it('in mid-upload leaves nothing behind', async () => {
    const top = await temporaryFolder();
    await mkdir(top, { recursive: true });
    const folder = new LocalFolder({ top, uploads: new UploadArea(top) });
    async function* full(): AsyncGenerator<Buffer> {
      yield Buffer.from('some');
      throw failure('ENOSPC');
    }
    await expect(folder.store(SafePath.parse('a/b'), full())).rejects.toMatchObject({
      status: 507,
      code: 'RESOURCE_EXHAUSTED',
      message: 'The artifact storage is full',
    });
    expect(await readdir(top)).toEqual([UPLOADS]);
    expect(await folder.list(SafePath.ROOT)).toEqual([]);
  });
});
