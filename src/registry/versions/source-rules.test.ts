import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeLinks, temporaryFolder } from '../../artifacts/testing/temporary-folder.js';
import type { Database } from '../../platform/db/database.js';
import { forEachDatabase } from '../../testing/for-each-database.js';
import { addRun, type Resolve, sourcesOn } from '../testing/sources-on.js';

const ABSOLUTE = 'Please provide an absolute path.';
const HOST = "addresses a host other than the tracking server's configured artifact storage";
const local = (sender: string): string =>
  `To use a local path as a model version source, the ${sender} request parameter has to be specified`;
const identify = (sender: string): string =>
  `The ${sender} request parameter must identify the resource that contains the source.`;

forEachDatabase((open) => {
  let database: Database;
  let resolve: Resolve;

  beforeAll(async () => {
    database = await open();
    ({ resolve } = await sourcesOn(database));
  });

  describe('a source that only clients read', () => {
    it.each([
      's3://b/x',
      's3://b/x/',
      's3://b//x',
      's3://b/x?y#z',
      's3:/b/x',
      's3://b/a+b%20c',
      'gs://b/x',
      'dbfs:/x',
      'foo://b/x',
      'wasbs://c@account.blob.core.windows.net/x',
    ])('is taken as it is: %s', async (source) => {
      const expected = { source, storageLocation: source, runId: '' };
      expect(await resolve(source)).toEqual(expected);
      expect(await resolve(source, { runId: 'none' })).toEqual({ ...expected, runId: 'none' });
    });

    it.each([
      's3://b',
      's3://b/',
      's3:b',
      's3://b/../x',
      's3://b/./x',
      's3://b/x/..',
      's3://b/%2e%2e/x',
      's3://b/%252e%252e/x',
      's3://b/..%2fx',
      's3://b/x?/../y',
      's3://b/x#/../../y',
      's3://b/x%00',
      `s3://b/%${'25'.repeat(30)}2e`,
    ])('is an absolute path: not %s', async (source) => {
      await expect(resolve(source)).rejects.toThrow(ABSOLUTE);
    });

    it.each([
      'ftp://h/x',
      'FTP://h/x',
      'http://h/x',
      'https://169.254.169.254/x',
      'hdfs://h/x',
      'r2://b@h/x',
      'abfss://c@h/x',
      'mlflow-artifacts://h/x',
    ])('names no host to connect to: not %s', async (source) => {
      await expect(resolve(source, { runId: 'p' })).rejects.toThrow(HOST);
      await expect(resolve(source, { isPrompt: true })).rejects.toThrow('Invalid prompt source');
    });

    it('matches the pattern of the operator before anything else', async () => {
      const settings = { sourceValidationRegex: /^s3:\/\/good\// };
      await expect(resolve('s3://bad/x', {}, settings)).rejects.toThrow(
        "Invalid model version source: 's3://bad/x'.",
      );
      await expect(resolve('ftp://h/x', {}, settings)).rejects.toThrow(
        "Invalid model version source: 'ftp://h/x'.",
      );
      expect((await resolve('s3://good/x', {}, settings)).source).toBe('s3://good/x');
    });
  });

  describe('a prompt', () => {
    it.each(['dummy-source', 'prompt-template'])('has the source %s', async (source) => {
      expect((await resolve(source, { isPrompt: true })).source).toBe(source);
      await expect(resolve(source)).rejects.toThrow(local('run_id'));
    });
    it.each(['s3://b/x', '/etc', 'Dummy-Source'])('does not have %s', async (source) => {
      await expect(resolve(source, { isPrompt: true })).rejects.toThrow(
        `Invalid prompt source: '${source}'. Prompt sources must use an MLflow placeholder.`,
      );
    });
  });

  describe('a local source', () => {
    it.each([
      ['/srv/root/1/l/artifacts', '/srv/root/1/l/artifacts'],
      ['/srv/root/1/l/artifacts/', '/srv/root/1/l/artifacts/'],
      ['/srv/root/1/l/artifacts/m', '/srv/root/1/l/artifacts/m'],
      ['file:///srv/root/1/l/artifacts/m', 'file:///srv/root/1/l/artifacts/m'],
      ['/srv/root/1/l/artifacts/x/../m', '/srv/root/1/l/artifacts/m'],
      ['/srv/root/1/l/artifacts/x%2f..%2fm', '/srv/root/1/l/artifacts/m'],
      ['file:/srv/./root/1/l/artifacts/m', 'file:///srv/root/1/l/artifacts/m'],
    ])('lies in the folder of its run: %s', async (source, storageLocation) => {
      const resolved = await resolve(source, { runId: 'l' });
      expect(resolved).toEqual({ source, storageLocation, runId: 'l' });
    });

    const outside = [
      '/etc',
      '/etc/passwd',
      'file:///etc/passwd',
      'FILE:///etc/passwd',
      'file:/etc',
      'file://localhost/etc',
      'etc',
      '../etc',
      './x',
      '/',
      '/srv/root/1/l/artifacts-evil/x',
      '/srv/root/1/l/artifacts/../x',
      '/srv/root/1/l/artifacts/%2e%2e/x',
      '/srv/root/1/l/artifacts/..%2f..%2fx',
      '/srv/root/1/l/artifacts/m#/../../../x',
      '/srv/root/1/l/artifacts/m?/../../../x',
      '/srv/root/1/l/artifacts/m;/../../../x',
      '/srv/root/1/l',
    ];
    it.each(outside)('lies nowhere else: %s', async (source) => {
      await expect(resolve(source)).rejects.toThrow(local('run_id'));
      await expect(resolve(source, { runId: 'l' })).rejects.toThrow(local('run_id'));
      await expect(resolve(source, { runId: 'p' })).rejects.toThrow(local('run_id'));
      await expect(resolve(source, { runId: 'none' })).rejects.toThrow(identify('run_id'));
      await expect(resolve(source, { modelId: 'm-l' })).rejects.toThrow(local('model_id'));
      await expect(resolve(source, { modelId: 'm-no' })).rejects.toThrow(identify('model_id'));
    });

    it('lies in the folder of its model when one is sent', async () => {
      const source = '/srv/root/1/models/m-l/artifacts/x';
      const resolved = await resolve(source, { modelId: 'm-l' });
      expect(resolved).toEqual({ source, storageLocation: source, runId: '' });
      await expect(
        resolve('/srv/root/1/l/artifacts/m', { modelId: 'm-l', runId: 'l' }),
      ).rejects.toThrow(local('model_id'));
    });

    it('is on this machine, and says where it leads', async () => {
      await expect(resolve('file://host/x', { runId: 'l' })).rejects.toMatchObject({ status: 400 });
      await expect(resolve('/srv/root/1/l/artifacts/../x', { runId: 'l' })).rejects.toThrow(
        "Invalid model version source: '/srv/root/1/l/x'.",
      );
    });

    it('does not get out of its folder by a link', async () => {
      const root = await temporaryFolder();
      await makeLinks(root, { 'run/out': '/etc', 'run/in/up': '..', 'run/inner': 'in' });
      const runId = `linked-${root}`;
      await addRun(database, runId, join(root, 'run'));
      expect(await resolve(join(root, 'run/inner/x'), { runId })).toBeDefined();
      await expect(resolve(join(root, 'run/out/x'), { runId })).rejects.toThrow("run/out/x'");
    });
  });

  describe('a source of a run', () => {
    it.each(['runs:/p/m', 'runs:/p', 'runs:/p/', 'RUNS:/p/m'])(
      'is of the run sent: %s',
      async (s) => {
        expect(await resolve(s, { runId: 'p' })).toEqual({
          source: s,
          storageLocation: s,
          runId: 'p',
        });
        for (const sent of [{}, { runId: '' }, { runId: 'l' }]) {
          await expect(resolve(s, sent)).rejects.toThrow(identify('run_id'));
        }
        await expect(resolve(s, { runId: 'p', modelId: 'm-p' })).rejects.toThrow(
          identify('model_id'),
        );
      },
    );

    it.each([
      ['runs:/', ABSOLUTE],
      ['runs:', ABSOLUTE],
      ['runs:p/m', ABSOLUTE],
      ['runs:/p/../x', ABSOLUTE],
      ['runs:/p/m%2f..%2fx', ABSOLUTE],
      ['runs:/p/m#x', ABSOLUTE],
      ['runs:/p/m?x', ABSOLUTE],
      ['runs://p/m', identify('run_id')],
    ])('is proper: not %s', async (source, message) => {
      await expect(resolve(source, { runId: 'p' })).rejects.toThrow(message);
    });
  });

  describe('a proxied source', () => {
    it.each([
      ['mlflow-artifacts:/1/p/artifacts', { runId: 'p' }],
      ['mlflow-artifacts:/1/p/artifacts/m/', { runId: 'p' }],
      ['MLFLOW-ARTIFACTS:/1/p/artifacts/m', { runId: 'p' }],
      ['mlflow-artifacts:/1//p/artifacts/m', { runId: 'p' }],
      ['mlflow-artifacts:/1/models/m-p/artifacts/x', { modelId: 'm-p' }],
    ])('lies under what is sent: %s', async (source, sent) => {
      expect((await resolve(source, sent)).storageLocation).toBe(source);
    });

    it('may go through the proxy of the own storage', async () => {
      const settings = { defaultRoot: 'http://own/api/2.0/mlflow-artifacts/artifacts' };
      const own = `${settings.defaultRoot}/1/h/artifacts/m`;
      expect((await resolve(own, { runId: 'h' }, settings)).source).toBe(own);
      for (const source of [
        own.replace('/h/', '/p/'),
        own.replace('/api/', '/other/api/'),
        own.replace('/1/h/', '/1%2fh/'),
        own.replace('/api/', '/%61pi/'),
        own.replace('/2.0/', '/2%2e0/'),
      ]) {
        await expect(resolve(source, { runId: 'h' }, settings), source).rejects.toThrow(
          identify('run_id'),
        );
      }
    });

    it.each([
      'mlflow-artifacts:/1',
      'mlflow-artifacts:/models',
      'mlflow-artifacts:/1/other/artifacts/m',
      'mlflow-artifacts:/1/p/artifacts-evil',
      'mlflow-artifacts:/1/p/artifact',
    ])('lies nowhere else: %s', async (source) => {
      for (const sent of [{}, { runId: 'p' }, { runId: 'l' }, { runId: 'none' }]) {
        await expect(resolve(source, sent)).rejects.toThrow(identify('run_id'));
      }
      for (const modelId of ['m-p', 'm-l', 'm-none']) {
        await expect(resolve(source, { modelId })).rejects.toThrow(identify('model_id'));
      }
    });

    it.each([
      'mlflow-artifacts:/',
      'mlflow-artifacts:x',
      'mlflow-artifacts:/1/p/artifacts/../../other/artifacts',
      'mlflow-artifacts:/1/p/artifacts/%2e%2e/x',
      'mlflow-artifacts:/1/p/artifacts/m#x',
      'mlflow-artifacts:/1/p/artifacts/m?x',
    ])('is plain: not %s', async (source) => {
      await expect(resolve(source, { runId: 'p' })).rejects.toThrow(ABSOLUTE);
    });
  });
});
