import { describe, expect, it } from 'vitest';
import { objectLocation, objectName, pathFrom } from './object-location.js';
import { SafePath } from './safe-path.js';

describe('a location in an object store', () => {
  it.each([
    ['s3://models/a/b', 's3', 'models', '', 'a/b'],
    ['S3://models', 's3', 'models', '', ''],
    ['s3://models//a//b/', 's3', 'models', '', 'a/b'],
    ['s3://models/a%20b?v=1#x', 's3', 'models', '', 'a%20b'],
    ['gs://my_bucket.example.com/x', 'gcs', 'my_bucket.example.com', '', 'x'],
    [
      'wasbs://box@account.blob.core.windows.net/x/y',
      'azure',
      'box',
      'account.blob.core.windows.net',
      'x/y',
    ],
  ])('%s', (text, kind, bucket, host, path) => {
    const found = objectLocation(text);
    expect(found).toMatchObject({ kind, bucket, host });
    expect(found?.path.text).toBe(path);
  });

  it.each([
    's3:///a',
    's3:a',
    's3://user@bucket/a',
    's3://bucket:80/a',
    's3://bucket/a/../b',
    's3://bucket/%2e%2e/b',
    'gs://x/',
    'wasbs://box/x',
    'wasbs://box@account.evil.example/x',
    'wasbs://box@account.blob.core.windows.net.evil.example/x',
    'wasbs://box@account.blob.core.windows.net:444/x',
    'wasbs://box@evil@account.blob.core.windows.net/x',
  ])('is not %s', (text) => {
    expect(() => objectLocation(text)).toThrow();
  });

  it.each(['/x', 'file:///x', 'mlflow-artifacts:/x', 'hdfs://h/x', 'ftp://h/x', 'runs:/x/y'])(
    'has nothing to do with %s',
    (text) => {
      expect(objectLocation(text)).toBeUndefined();
    },
  );

  it('has one name, however it is spelled', () => {
    const nameOf = (text: string) => {
      const location = objectLocation(text);
      return location && objectName(location);
    };
    expect(nameOf('S3://bucket//a/./b/')).toBe('s3://bucket/a/b');
    expect(nameOf('wasbs://box@account.blob.core.windows.net/')).toBe(
      'wasbs://box@account.blob.core.windows.net',
    );
  });

  it('lies in a folder by whole names alone', () => {
    const at = (path: string) => SafePath.parse(path);
    expect(pathFrom(at('a/b'), at('a/b/c'))?.text).toBe('c');
    expect(pathFrom(at('a/b'), at('a/b'))?.isRoot).toBe(true);
    expect(pathFrom(at('a/b'), at('a/bc'))).toBeUndefined();
    expect(pathFrom(at('a/b'), at('a'))).toBeUndefined();
  });
});
