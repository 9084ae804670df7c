import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Express } from 'express';
import supertest from 'supertest';
import { beforeAll, expect, it } from 'vitest';
import { createApp } from '../app.js';
import { toConfig } from '../platform/config/config.js';
import type { RawSettings } from '../platform/config/raw-settings.js';
import type { Database } from '../platform/db/database.js';
import { createLog } from '../platform/log.js';
import { forEachDatabase } from '../testing/for-each-database.js';
import { newFolder } from '../testing/new-folder.js';

/** A build as small as can be, and the folder of MLflow's pages likewise. */
function newBuild(): { build: string; mlflow: string } {
  const [build, mlflow] = [newFolder(), newFolder()];
  mkdirSync(join(build, 'web-files'));
  writeFileSync(join(build, 'index.html'), '<head></head><script src="./web-files/a.js"></script>');
  writeFileSync(join(build, 'web-files', 'a.js'), 'let loaded = true;');
  writeFileSync(join(build, 'web-files', 'frame.html'), '<title>frame</title>');
  writeFileSync(join(mlflow, 'index.html'), 'MLflow');
  return { build, mlflow };
}

forEachDatabase((open) => {
  let app: Express;
  let database: Database;
  const { build, mlflow } = newBuild();
  const appOn = (raw: RawSettings, webFolders = [join(build, 'none'), build]) =>
    createApp(
      toConfig({ artifactsDestination: newFolder(), ...raw }),
      database,
      createLog('silent'),
      { webFolders },
    );
  beforeAll(async () => {
    database = await open();
    app = await appOn({});
  });

  it('answers / with the page, under a policy without inline scripts and other hosts', async () => {
    const page = await supertest(app).get('/');
    expect([page.status, page.text]).toEqual([
      200,
      '<head><meta name="runledger-sign-in" content="off"></head>' +
        '<script src="/web-files/a.js"></script>',
    ]);
    expect(page.headers['cache-control']).toBe('no-cache');
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).not.toMatch(/unsafe|https?:/);
  });

  it('lets browsers keep files, whose names change with their content', async () => {
    const script = await supertest(app).get('/web-files/a.js');
    expect(script.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    });
  });

  it('shows HTML artifacts in a frame that has no origin and reaches nothing', async () => {
    const { headers } = await supertest(app).get('/web-files/frame.html');
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(/^sandbox allow-scripts; default-src 'none'/);
    expect(policy).not.toContain('connect-src');
    expect(headers['cache-control']).toBe('no-cache');
  });

  it('has no other files', async () => {
    for (const path of [
      '/web-files/../index.html',
      '/web-files/%2e%2e/index.html',
      '/web-files/x',
    ]) {
      expect((await supertest(app).get(path)).status).toBe(404);
    }
    expect((await supertest(app).post('/')).status).toBe(404);
  });

  it('lies below the static prefix', async () => {
    const below = supertest(await appOn({ staticPrefix: '/runledger' }));
    expect((await below.get('/runledger/')).text).toContain('src="/runledger/web-files/a.js"');
    expect((await below.get('/runledger/web-files/a.js')).status).toBe(200);
    expect((await below.get('/web-files/a.js')).status).toBe(404);
  });

  it("leaves / to MLflow's pages where those are served", async () => {
    const both = supertest(await appOn({ mlflowUi: mlflow }));
    expect((await both.get('/')).text).toBe('MLflow');
    for (const path of ['/runledger/', '/runledger']) {
      expect((await both.get(path)).text).toContain('src="/web-files/a.js"');
    }
  });

  it('is not there where it was not built, and with --artifacts-only', async () => {
    const plain = supertest(await appOn({}, []));
    expect((await plain.get('/')).text).toContain('Runledger is running');
    const proxy = supertest(await appOn({ artifactsOnly: 'true' }));
    expect((await proxy.get('/')).text).toContain('Runledger is running');
  });
});
