import { beforeAll, describe, expect, it } from 'vitest';
import { places } from '../support/place.js';
import { startTarget, type Target } from './target.js';

const newPlace = places();
let target: Target;
let run: string;
const PROXY = '/api/2.0/mlflow-artifacts/artifacts';
const CREATE = '/api/2.0/mlflow/experiments/create';

beforeAll(async () => {
  target = await startTarget(await newPlace());
  const { experiment_id } = await target.ok('experiments/create', { name: 'pages' });
  const created = await target.ok('runs/create', { experiment_id, start_time: 1 });
  run = (created as { run: { info: { run_id: string } } }).run.info.run_id;
});

const expectNothingMade = async (name: string) => {
  const path = `/api/2.0/mlflow/experiments/get-by-name?experiment_name=${name}`;
  expect((await target.send('GET', path)).status).toBe(404);
};

describe('class 10: a page of another site does nothing (CVE-2023-43472, CVE-2025-14279, CVE-2026-2611)', () => {
  it.each([
    ...['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'evil.example:5000'],
    ...['localhost@evil.example', 'evil.example#localhost', '192.168.0.1.nip.io'],
  ])('by the Host %s', async (host) => {
    for (const path of ['/api/2.0/mlflow/experiments/get?experiment_id=0', '/openapi.json', '/']) {
      const reply = await target.send('GET', path, undefined, { Host: host });
      expect(reply.status, path).toBe(403);
    }
    const reply = await target.json('POST', CREATE, { name: 'rebound' }, { Host: host });
    expect(reply.status).toBe(403);
    await expectNothingMade('rebound');
  });

  it.each(['https://evil.example', 'null', 'http://localhost.evil.example', 'file://', 'evil'])(
    'by the Origin %s',
    async (origin) => {
      for (const path of [CREATE, CREATE.replace('/api', '/ajax-api'), '/graphql', '/v1/traces']) {
        const reply = await target.json('POST', path, { name: 'forged' }, { Origin: origin });
        expect(reply.status, path).toBe(403);
        expect(reply.headers['access-control-allow-origin']).toBeUndefined();
      }
      await expectNothingMade('forged');
    },
  );

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'by a form of type %s',
    async (type) => {
      const headers = { 'Content-Type': type, Origin: 'https://evil.example' };
      const reply = await target.send('POST', CREATE, '{"name":"form"}', headers);
      expect(reply.status).toBe(403);
      await expectNothingMade('form');
    },
  );
});

describe('class 11: a file that somebody stores runs nothing where somebody looks at it (CVE-2023-6568, CVE-2024-27132, CVE-2024-27133, CVE-2026-33865)', () => {
  const EVIL = '<script>alert(document.domain)</script>';

  it.each([
    ...['x.html', 'x.htm', 'x.xhtml', 'x.svg', 'x.xml', 'x.js', 'x.pdf', 'x.txt', 'x', 'MLmodel'],
    ...['x.shtml', 'x.mht', 'x.swf', 'x.wasm', 'x.ipynb', 'x.html;.png', 'x.HTML'],
  ])('%s', async (name) => {
    const path = `pages/${run}/${name}`;
    expect((await target.send('PUT', `${PROXY}/${path}`, EVIL)).status).toBe(200);
    const upload = `/ajax-api/2.0/mlflow/upload-artifact?run_uuid=${run}&path=${name}`;
    expect((await target.send('POST', upload, EVIL)).status).toBe(200);
    for (const from of [`${PROXY}/${path}`, `/get-artifact?run_uuid=${run}&path=${name}`]) {
      const { status, headers } = await target.send('GET', from);
      expect(status, from).toBe(200);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['content-disposition']).toMatch(/^attachment/);
      expect(headers['content-security-policy']).toContain('sandbox');
    }
  });

  it('what is sent is never echoed as a page', async () => {
    const headers = { 'Content-Type': `text/html${EVIL}` };
    const replies = [
      await target.send('POST', CREATE, '{"name":"x"}', headers),
      await target.send('GET', `/${encodeURIComponent(EVIL)}`),
      await target.send('GET', `/api/2.0/mlflow/runs/get?run_id=${encodeURIComponent(EVIL)}`),
      await target.send('GET', `/get-artifact?run_uuid=${run}&path=${encodeURIComponent(EVIL)}`),
      await target.json('POST', CREATE, { name: EVIL.repeat(100) }),
      await target.json('POST', '/graphql', { query: EVIL }),
    ];
    for (const { headers: got, status } of replies) {
      if (status === 200) continue;
      expect(got['content-type']).toBe('application/json');
      expect(got['x-content-type-options']).toBe('nosniff');
    }
  });
});
