import { describe, expect, it } from 'vitest';
import { toConfig } from '../config/config.js';
import type { RawSettings } from '../config/raw-settings.js';
import { sendText } from './reply.js';
import { securityGuard } from './security.js';
import { serve } from './testing/serve.js';

const BAD_HOST = 'Invalid Host header - possible DNS rebinding attack detected';
const FOREIGN = 'https://evil.example';

/** A server that answers `through` to whatever the guard lets through. */
function guarded(raw: RawSettings = {}) {
  const { security, staticPrefix } = toConfig(raw);
  const guard = securityGuard(security, staticPrefix);
  return serve((request, response) => {
    if (!guard(request, response)) sendText(response, 200, 'text/plain', 'through');
  });
}

describe('the Host header', () => {
  it('does not hide the host of a target in absolute form', async () => {
    const ask = await guarded();
    const headers = { host: 'localhost' };
    expect((await ask('http://localhost:5000/x', { headers })).body).toBe('through');
    expect((await ask('http://evil.example/x', { headers })).status).toBe(403);
  });

  it.each([
    'localhost',
    'LOCALHOST:5000',
    '127.0.0.1',
    '127.0.0.1:65535',
    '0.0.0.0:80',
    '[::1]',
    '[::1]:5000',
    '192.168.0.1',
    '192.168.255.255:5000',
    '10.0.0.7:5000',
    '172.16.0.1',
    '172.31.255.1:1',
    '[fc00::1]',
    '[fd12:3456::1]:5000',
  ])('%s is one of ours', async (host) => {
    const ask = await guarded();
    expect((await ask('/x', { headers: { host } })).body).toBe('through');
  });

  it.each([
    'evil.example',
    'localhost.evil.example',
    'evil.localhost',
    '127.0.0.1.evil.example',
    '10.evil.example',
    '192.168.1.evil.example',
    '172.15.0.1',
    '172.32.0.1',
    '11.0.0.1',
    'localhost:',
    'localhost:5000x',
    'localhost:123456',
    '::1',
    '[::2]',
    '[fe80::1]',
    '',
  ])("'%s' is refused", async (host) => {
    const ask = await guarded();
    const answer = await ask('/x', { headers: { host } });
    expect([answer.status, answer.body]).toEqual([403, BAD_HOST]);
    expect(answer.headers['content-type']).toBe('text/plain');
    expect(answer.headers['x-request-id']).toMatch(/^[\w-]{36}$/);
  });

  it('may be any for the two probes, in their prefixed form alone', async () => {
    const host = 'evil.example';
    const plain = await guarded();
    for (const path of ['/health', '/version', '/health?x=1']) {
      expect((await plain(path, { headers: { host } })).body).toBe('through');
    }
    for (const path of ['/healthy', '/health/', '/api/2.0/mlflow/server-info', '/x?/health']) {
      expect((await plain(path, { headers: { host } })).status).toBe(403);
    }
    const prefixed = await guarded({ staticPrefix: '/t' });
    expect((await prefixed('/t/health', { headers: { host } })).body).toBe('through');
    expect((await prefixed('/health', { headers: { host } })).status).toBe(403);
  });

  it('is compared with the list of the user in place of ours, port included', async () => {
    const ask = await guarded({ allowedHosts: 'ml.example, *.corp.example,a.example:*' });
    const statusOf = async (host: string) => (await ask('/x', { headers: { host } })).status;
    expect(await statusOf('ML.example')).toBe(200);
    expect(await statusOf('x.y.corp.example')).toBe(200);
    expect(await statusOf('a.example:99')).toBe(200);
    expect(await statusOf('ml.example:5000')).toBe(403);
    expect(await statusOf('corp.example')).toBe(403);
    expect(await statusOf('xxcorp.example')).toBe(403);
    expect(await statusOf('x.corpXexample')).toBe(403);
    expect(await statusOf('localhost')).toBe(403);
    for (const odd of [
      'evil.example/.corp.example',
      'evil.example:1.corp.example',
      'a.example:x',
    ]) {
      expect(await statusOf(odd)).toBe(403);
    }
  });
});

describe('a request from a web page', () => {
  const post = (origin: string) => ({ method: 'POST', headers: { origin } });

  it.each([
    'http://localhost:3000',
    'https://localhost',
    'http://127.0.0.1:8080',
    'http://[::1]:1',
  ])('of %s may change data', async (origin) => {
    const ask = await guarded();
    const answer = await ask('/x', post(origin));
    expect(answer.body).toBe('through');
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': '*',
      vary: 'Origin',
    });
  });

  it.each([
    FOREIGN,
    'null',
    'http://localhost.evil.example',
    'http://evil.example?http://localhost',
  ])('of %s may read, and not change', async (origin) => {
    const ask = await guarded();
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await ask('/x', { method, headers: { origin } });
      expect([answer.status, answer.body]).toEqual([403, 'Cross-origin request blocked']);
    }
    const answer = await ask('/x', { headers: { origin } });
    expect(answer.body).toBe('through');
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('is let in by the list of the user, beside those of this machine', async () => {
    const ask = await guarded({ corsAllowedOrigins: 'https://ui.example,https://*.corp.example' });
    expect((await ask('/x', post('https://ui.example'))).status).toBe(200);
    expect((await ask('/x', post('https://a.corp.example'))).status).toBe(200);
    expect((await ask('/x', post('http://localhost'))).status).toBe(200);
    expect((await ask('/x', post('https://ui.example.evil.example'))).status).toBe(403);
  });

  it('is let in from anywhere by *, without credentials', async () => {
    const ask = await guarded({ corsAllowedOrigins: '*' });
    const answer = await ask('/x', post(FOREIGN));
    expect(answer.body).toBe('through');
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it('asks first with a preflight', async () => {
    const ask = await guarded();
    const preflight = (origin: string, more: Record<string, string> = {}) =>
      ask('/x', {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', ...more },
      });
    const allowed = await preflight('http://localhost:1');
    expect([allowed.status, allowed.body]).toEqual([200, 'OK']);
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': 'http://localhost:1',
      'access-control-allow-methods': 'GET, POST, PUT, DELETE, OPTIONS, PATCH',
      'access-control-max-age': '600',
      'access-control-allow-credentials': 'true',
      vary:
        'Origin, Access-Control-Request-Method, Access-Control-Request-Headers, ' +
        'Access-Control-Request-Private-Network',
    });
    expect(allowed.headers).not.toHaveProperty('access-control-allow-headers');
    const asking = { 'access-control-request-headers': 'content-type,x-mlflow-workspace' };
    expect((await preflight('http://localhost:1', asking)).headers).toMatchObject({
      'access-control-allow-headers': 'content-type,x-mlflow-workspace',
    });
    const refused = await preflight(FOREIGN);
    expect([refused.status, refused.body]).toEqual([400, 'Disallowed CORS origin']);
    expect(refused.headers).not.toHaveProperty('access-control-allow-origin');
    const odd = {
      'access-control-request-method': 'BREW',
      'access-control-request-private-network': 'true',
    };
    expect((await preflight(FOREIGN, odd)).body).toBe(
      'Disallowed CORS origin, method, private-network',
    );
    expect((await preflight('http://localhost:1', odd)).status).toBe(400);
    const noPreflight = { method: 'OPTIONS', headers: { origin: FOREIGN } };
    expect((await ask('/x', noPreflight)).body).toBe('through');
  });
});

describe('the headers of every answer', () => {
  const HEADERS = ['x-content-type-options', 'x-frame-options', 'vary'];
  const headersWith = async (raw: RawSettings) => {
    const { headers } = await (await guarded(raw))('/x');
    return HEADERS.map((name) => headers[name]);
  };

  it('forbid guessing types and foreign frames', async () => {
    expect(await headersWith({})).toEqual(['nosniff', 'SAMEORIGIN', 'Origin']);
    expect(await headersWith({ xFrameOptions: 'DENY' })).toEqual(['nosniff', 'DENY', 'Origin']);
    expect(await headersWith({ xFrameOptions: 'none' })).toEqual(['nosniff', undefined, 'Origin']);
  });

  it('are left out, and all is let through, where the guard is off', async () => {
    const off = { disableSecurityMiddleware: true };
    expect(await headersWith(off)).toEqual([undefined, undefined, undefined]);
    const ask = await guarded(off);
    const headers = { host: 'evil.example', origin: FOREIGN };
    expect((await ask('/x', { method: 'POST', headers })).body).toBe('through');
  });
});
