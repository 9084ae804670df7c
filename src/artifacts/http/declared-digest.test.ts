import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { serveArtifacts } from '../testing/serve-artifacts.js';
import { temporaryFolder } from '../testing/temporary-folder.js';

const FILE = '/api/2.0/mlflow-artifacts/artifacts/1/x/a.txt';
const digest = (algorithm: string, text: string) =>
  createHash(algorithm).update(text).digest('base64');

describe('content whose checksum the client has declared', () => {
  it.each([
    ['content-md5', (text: string) => digest('md5', text)],
    ['content-digest', (text: string) => `sha-512=:x:, sha-256=:${digest('sha256', text)}:`],
    ['x-amz-checksum-sha256', (text: string) => digest('sha256', text)],
  ])('is stored as declared or not at all: %s', async (header, declared) => {
    const { ask } = await serveArtifacts({
      ...{ defaultRoot: 'mlflow-artifacts:/', destination: await temporaryFolder() },
      serveArtifacts: true,
    });
    const put = (text: string) =>
      ask(FILE, { method: 'PUT', body: 'hello', headers: { [header]: declared(text) } });
    const refused = await put('hallo');
    expect([refused.status, refused.json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    expect(refused.body).toContain(header);
    expect((await ask(FILE)).status).toBe(404);
    expect((await put('hello')).status).toBe(200);
    expect((await ask(FILE)).body).toBe('hello');
  });
});
