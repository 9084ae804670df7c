import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { places } from '../support/place.js';
import { startTarget, type Target } from './target.js';

const newPlace = places();
const HIDDEN = 'what only the environment of the server holds';
let target: Target;

beforeAll(async () => {
  const environment = { RUNLEDGER_TEST_HIDDEN: HIDDEN };
  target = await startTarget(await newPlace(), { environment });
});

const allFiles = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

describe('class 13: no value of a caller becomes a secret of the server (CVE-2026-4035)', () => {
  const events = [{ entity: 'REGISTERED_MODEL', action: 'CREATED' }];

  it.each(['$RUNLEDGER_TEST_HIDDEN', `\${RUNLEDGER_TEST_HIDDEN}`, '%RUNLEDGER_TEST_HIDDEN%'])(
    '%s stays what it is',
    async (value) => {
      const tags = [{ key: 'k', value }];
      const name = `x ${value.length} ${value.replace(/\W/g, '_')}`;
      const made = await target.ok('experiments/create', { name, tags });
      const path = `/api/2.0/mlflow/experiments/get?experiment_id=${made.experiment_id}`;
      const got = await target.send('GET', path);
      expect(JSON.parse(got.text).experiment.tags).toContainEqual({ key: 'k', value });
      expect(got.text).not.toContain(HIDDEN);
      const hook = { name: value, url: 'https://93.184.215.14/h', events, secret: value };
      const reply = await target.json('POST', '/api/2.0/mlflow/webhooks', hook);
      expect(reply.text).not.toContain(HIDDEN);
    },
  );

  it('the secret of a webhook is never told, nor kept as it is', async () => {
    const secret = 'a secret of a webhook, 0123456789';
    const hook = { name: 'w', url: 'https://93.184.215.14/h', events, secret };
    const made = await target.json('POST', '/api/2.0/mlflow/webhooks', hook);
    expect(made.status, made.text).toBe(200);
    const { webhook_id } = JSON.parse(made.text).webhook;
    const path = `/api/2.0/mlflow/webhooks/${webhook_id}`;
    const replies = [
      made,
      await target.send('GET', path),
      await target.send('GET', '/api/2.0/mlflow/webhooks'),
      await target.json('PATCH', path, { description: 'd' }),
    ];
    for (const { text } of replies) expect(text).not.toContain(secret);
    const file = target.place.databaseFile ?? '';
    for (const end of ['', '-wal']) {
      expect(readFileSync(`${file}${end}`).includes(secret), `database${end}`).toBe(false);
    }
    expect(target.server.log()).not.toContain(secret);
  });
});

describe('class 14: files are open to nobody else, and no archive is unpacked (CVE-2022-0736, CVE-2024-27134, CVE-2025-10279, CVE-2025-15031, CVE-2025-15036, CVE-2026-4137)', () => {
  it('keys and uploads are for the owner alone', async () => {
    const path = '/api/2.0/mlflow-artifacts/artifacts/mode/file.txt';
    expect((await target.send('PUT', path, 'content')).status).toBe(200);
    const keys = readdirSync(join(target.place.databaseFile ?? '', '..')).filter((name) =>
      name.endsWith('-key'),
    );
    for (const name of keys) {
      const { mode } = statSync(join(target.place.databaseFile ?? '', '..', name));
      expect(mode & 0o077, name).toBe(0);
    }
    for (const file of allFiles(target.place.artifacts)) {
      expect(statSync(file).mode & 0o022, file).toBe(0);
    }
  });

  it('an archive stays an archive', async () => {
    const header = Buffer.alloc(1_024);
    header.write('../../outside/evil.txt');
    const archive = gzipSync(header);
    const path = '/api/2.0/mlflow-artifacts/artifacts/archive/model.tar.gz';
    expect((await target.send('PUT', path, archive)).status).toBe(200);
    expect(allFiles(join(target.place.artifacts, 'archive'))).toHaveLength(1);
    target.expectUntouched();
  });
});
