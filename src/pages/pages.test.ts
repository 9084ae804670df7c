import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Express } from 'express';
import supertest from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../app.js';
import { toConfig } from '../platform/config/config.js';
import type { RawSettings } from '../platform/config/raw-settings.js';
import type { Database } from '../platform/db/database.js';
import { createLog } from '../platform/log.js';
import { forEachDatabase } from '../testing/for-each-database.js';
import { newFolder } from '../testing/new-folder.js';
import { openPages } from './pages.js';

/** A package with a build as small as can be. */
function newPackage(): { folder: string; build: string } {
  const folder = newFolder();
  const build = join(folder, 'server', 'js', 'build');
  mkdirSync(join(build, 'static', 'js'), { recursive: true });
  writeFileSync(join(build, 'index.html'), '<title>pages</title>');
  writeFileSync(join(build, 'static', 'js', 'main.1a2b.js'), 'let loaded = true;');
  writeFileSync(join(build, 'static', 'a b%2f.svg'), '<svg/>');
  writeFileSync(join(folder, 'server', 'secret.txt'), 'secret');
  return { folder, build };
}

describe('the folder of the pages', () => {
  const sendError = () => undefined;

  it('is that of a package, or that of its build', async () => {
    const { folder, build } = newPackage();
    for (const path of [folder, build]) {
      expect(await openPages(path, sendError)).toBeTypeOf('function');
    }
  });

  it('holds a build, or the server does not start', async () => {
    const folder = newFolder();
    await expect(openPages(folder, sendError)).rejects.toThrow(
      `--mlflow-ui: '${folder}' holds no built pages`,
    );
    await expect(openPages(join(folder, 'none'), sendError)).rejects.toThrow('--mlflow-ui');
  });
});

forEachDatabase((open) => {
  let app: Express;
  let database: Database;
  const { folder, build } = newPackage();
  const appOn = (raw: RawSettings) =>
    createApp(
      toConfig({ artifactsDestination: newFolder(), mlflowUi: folder, ...raw }),
      database,
      createLog('silent'),
    );
  beforeAll(async () => {
    database = await open();
    symlinkSync(join(folder, 'server', 'secret.txt'), join(build, 'later.txt'));
    app = await appOn({});
    writeFileSync(join(build, 'added.js'), '');
  });

  it('answers / with the page, to be asked for each time', async () => {
    const page = await supertest(app).get('/');
    expect([page.status, page.text]).toEqual([200, '<title>pages</title>']);
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      etag: expect.any(String),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'content-security-policy': expect.stringContaining("default-src 'self'"),
    });
    const again = await supertest(app).get('/').set('If-None-Match', String(page.headers.etag));
    expect(again.status).toBe(304);
  });

  it('answers files, which a browser may keep', async () => {
    const script = await supertest(app).get('/static-files/static/js/main.1a2b.js');
    expect(script.status).toBe(200);
    expect(script.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=2419200',
    });
    const image = await supertest(app).get('/static-files/static/a%20b%252f.svg?v=1');
    expect([image.status, image.type]).toEqual([200, 'image/svg+xml']);
  });

  it('answers HEAD with the headers alone', async () => {
    for (const path of ['/', '/static-files/static/js/main.1a2b.js']) {
      const head = await supertest(app).head(path);
      expect([head.status, Number(head.headers['content-length']) > 0]).toEqual([200, true]);
      expect(head.text).toBeFalsy();
    }
  });

  it.each([
    '/static-files/../../secret.txt',
    '/static-files/..%2f..%2fsecret.txt',
    '/static-files/%2e%2e/%2e%2e/secret.txt',
    '/static-files/..%5c..%5csecret.txt',
    '/static-files/static/js/../../index.html',
    '/static-files//index.html',
    '/static-files/static',
    '/static-files/',
    '/static-files/%',
    '/static-files/none.js',
    '/static-files/added.js',
  ])('has no file for %s', async (path) => {
    const answer = await supertest(app).get(path);
    expect([answer.status, answer.body.error_code]).not.toContain(200);
    expect(answer.body.error_code).toMatch(/^(ENDPOINT_NOT_FOUND|INVALID_PARAMETER_VALUE)$/);
  });

  it('says that a file is gone which was there at the start', async () => {
    writeFileSync(join(build, 'gone.js'), '');
    const server = await appOn({});
    rmSync(join(build, 'gone.js'));
    const answer = await supertest(server).get('/static-files/gone.js');
    expect([answer.status, answer.body.error_code]).toEqual([404, 'ENDPOINT_NOT_FOUND']);
  });

  it('lies below the static prefix', async () => {
    const below = supertest(await appOn({ staticPrefix: '/ml' }));
    expect((await below.get('/ml/')).text).toBe('<title>pages</title>');
    expect((await below.get('/ml/static-files/index.html')).status).toBe(200);
    expect((await below.get('/')).status).toBe(404);
    expect((await below.get('/static-files/index.html')).status).toBe(404);
  });

  it('leaves every other route as it is', async () => {
    expect((await supertest(app).get('/health')).text).toBe('OK');
    expect((await supertest(app).post('/')).status).toBe(404);
    const foreign = await supertest(app).get('/').set('Host', 'evil.example');
    expect(foreign.status).toBe(403);
  });
});
