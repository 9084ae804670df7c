import { describe, expect, it } from 'vitest';
import { checkPartCount, checkUploadId, sentParts, uploadedFile } from './direct-transfers.js';
import { SafePath } from './safe-path.js';

const folder = SafePath.parse('1/run/artifacts');

describe('an upload past the server', () => {
  it.each([
    ['/home/me/model.bin', 'model.bin'],
    ['model.bin', 'model.bin'],
    ['C:\\Users\\me\\model.bin', 'model.bin'],
    ['c:/Users/me/model.bin', 'model.bin'],
    ['\\\\host\\share\\model.bin', 'model.bin'],
  ])('of %s is one of %s', (path, name) => {
    expect(uploadedFile(folder, path).text).toBe(`1/run/artifacts/${name}`);
  });

  it.each(['/home/me/', '..', 'a/..', '', '.', 'C:\\', 'C:\\x\\..'])('is not one of %s', (path) => {
    expect(() => uploadedFile(folder, path)).toThrow();
  });

  it.each([0, -1, 10_001, 1.5, Number.NaN])('does not have %d parts', (parts) => {
    expect(() => checkPartCount(parts)).toThrow('num_parts must be between 1 and 10000');
  });

  it('has its parts in order, each of them once', () => {
    const sent = sentParts([
      { part_number: 2, etag: '"b"' },
      { part_number: 1n, etag: '"a"' },
      { part_number: 10 },
    ]);
    expect(sent).toEqual([
      { number: 1, etag: '"a"' },
      { number: 2, etag: '"b"' },
      { number: 10, etag: '' },
    ]);
    for (const wrong of [
      [],
      [{ part_number: 0, etag: 'x' }],
      [{ etag: 'x' }],
      [{ part_number: 1 }, { part_number: 1 }],
      [{ part_number: 10_001 }],
      [{ part_number: 1, etag: 'x'.repeat(2_000) }],
    ]) {
      expect(() => sentParts(wrong)).toThrow();
    }
  });

  it('has an id that can stand in a URL', () => {
    expect(checkUploadId('2~abc/+=')).toBe('2~abc/+=');
    for (const wrong of [undefined, '', 'a b', 'a\nb', 'ü', 'x'.repeat(5_000)]) {
      expect(() => checkUploadId(wrong)).toThrow('upload_id');
    }
  });
});
