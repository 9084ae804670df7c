import { readdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Ask, serveArtifacts } from './testing/serve-artifacts.js';
import { temporaryFolder } from './testing/temporary-folder.js';

const PROXY = '/api/2.0/mlflow-artifacts/artifacts';

async function proxy(): Promise<{ ask: Ask; port: number; folder: string }> {
  const parent = await temporaryFolder();
  await writeFile(join(parent, 'secret.txt'), 'secret');
  const folder = join(parent, 'art');
  const settings = { defaultRoot: 'mlflow-artifacts:/', destination: folder, serveArtifacts: true };
  return { ...(await serveArtifacts(settings)), folder };
}

const put = (ask: Ask, path: string, body: string | Buffer = 'hello') =>
  ask(`${PROXY}/${path}`, { method: 'PUT', body });

describe('the artifact proxy', () => {
  it('stores a file of any content type and gives it back', async () => {
    const { ask } = await proxy();
    const stored = await ask(`${PROXY}/1/x/a.txt`, {
      method: 'PUT',
      body: 'hello',
      headers: { 'content-type': 'application/json' },
    });
    expect([stored.status, stored.body, stored.headers['content-length']]).toEqual([200, '', '0']);
    const got = await ask(`/ajax-api/2.0/mlflow-artifacts/artifacts/1/x/a.txt`);
    expect([got.status, got.body]).toEqual([200, 'hello']);
    expect(got.headers).toMatchObject({
      'content-type': 'text/plain',
      'content-length': '5',
      'content-disposition': 'attachment; filename=a.txt',
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      'content-security-policy': 'sandbox',
    });
    const head = await ask(`${PROXY}/1/x/a.txt`, { method: 'HEAD' });
    expect([head.status, head.headers['content-length'], head.body]).toEqual([200, '5', '']);
  });

  it.each([
    ['x.html', 'text/html', 'x.html'],
    ['x.svg', 'image/svg+xml', 'x.svg'],
    ['x.png', 'image/png', 'x.png'],
    ['x.pdf', 'application/pdf', 'x.pdf'],
    ['x.json', 'text/plain', 'x.json'],
    ['MLmodel', 'text/plain', 'MLmodel'],
    ['x', 'application/octet-stream', 'x'],
    ['x.parquet', 'application/octet-stream', 'x.parquet'],
    ['a b.csv', 'text/plain', '"a b.csv"'],
    ['a"b.csv', 'text/plain', '"a\\"b.csv"'],
    ['café.json', 'text/plain', "cafe.json; filename*=UTF-8''caf%C3%A9.json"],
    ['日本', 'application/octet-stream', "download; filename*=UTF-8''%E6%97%A5%E6%9C%AC"],
  ])('sends %s as %s, to be saved', async (name, type, saved) => {
    const { ask } = await proxy();
    await put(ask, encodeURIComponent(name));
    const { headers } = await ask(`${PROXY}/${encodeURIComponent(name)}`);
    expect(headers['content-type']).toBe(type);
    expect(headers['content-disposition']).toBe(`attachment; filename=${saved}`);
  });

  it('sends the part that is asked for', async () => {
    const { ask } = await proxy();
    await put(ask, '1/n', '0123456789');
    const part = async (range: string, more: Record<string, string> = {}) => {
      const answer = await ask(`${PROXY}/1/n`, { headers: { range, ...more } });
      return [answer.status, answer.body, answer.headers['content-range']];
    };
    expect(await part('bytes=2-4')).toEqual([206, '234', 'bytes 2-4/10']);
    expect(await part('bytes=7-')).toEqual([206, '789', 'bytes 7-9/10']);
    expect(await part('bytes=-2')).toEqual([206, '89', 'bytes 8-9/10']);
    expect(await part('bytes=5-99')).toEqual([206, '56789', 'bytes 5-9/10']);
    expect(await part('bytes=-99')).toEqual([206, '0123456789', 'bytes 0-9/10']);
    expect((await part('bytes=-0'))[0]).toBe(416);
    const head = { method: 'HEAD', headers: { range: 'bytes=2-4' } };
    expect(await ask(`${PROXY}/1/n`, head)).toMatchObject({
      ...{ status: 200, headers: { 'content-length': '10' } },
    });
    expect((await part('bytes=10-'))[0]).toBe(416);
    expect((await part('bytes=10-'))[2]).toBe('bytes */10');
    for (const whole of ['bytes=x', 'lines=1-2', 'bytes=1-2,4-5']) {
      expect(await part(whole)).toEqual([200, '0123456789', undefined]);
    }
    expect((await part('bytes=2-4', { 'if-range': '"other"' }))[0]).toBe(200);
  });

  it('sends nothing that the client has already', async () => {
    const { ask } = await proxy();
    await put(ask, '1/n', '0123456789');
    const { etag = '', 'last-modified': modified = '' } = (await ask(`${PROXY}/1/n`)).headers;
    const status = async (headers: Record<string, string>) =>
      (await ask(`${PROXY}/1/n`, { headers })).status;
    expect(await status({ 'if-none-match': String(etag) })).toBe(304);
    expect(await status({ 'if-none-match': `"x", W/${etag}` })).toBe(304);
    expect(await status({ 'if-none-match': '"x"', 'if-modified-since': String(modified) })).toBe(
      200,
    );
    expect(await status({ 'if-modified-since': String(modified) })).toBe(304);
    expect(await status({ range: 'bytes=0-1', 'if-range': String(etag) })).toBe(206);
    expect(await status({ 'if-match': `"x", ${etag}` })).toBe(200);
    expect(await status({ 'if-unmodified-since': String(modified) })).toBe(200);
    expect(await status({ 'if-unmodified-since': new Date(0).toUTCString() })).toBe(412);
    await put(ask, '1/n', 'abcdefghij');
    expect(await status({ 'if-none-match': String(etag) })).toBe(200);
    expect(await status({ range: 'bytes=0-1', 'if-match': String(etag) })).toBe(412);
  });

  it('lists one level by base names', async () => {
    const { ask } = await proxy();
    expect((await ask(PROXY)).json).toEqual({});
    await put(ask, '1/b/c.txt');
    await put(ask, '1/a.txt');
    expect((await ask(PROXY)).json).toEqual({ files: [{ path: '1', is_dir: true }] });
    expect((await ask(`${PROXY}?path=1`)).json).toEqual({
      files: [
        { path: 'a.txt', is_dir: false, file_size: 5 },
        { path: 'b', is_dir: true },
      ],
    });
    for (const path of ['1/a.txt', 'none', '1/none/x']) {
      expect((await ask(`${PROXY}?path=${path}`)).json).toEqual({});
    }
  });

  it('deletes, also what is not there', async () => {
    const { ask } = await proxy();
    await put(ask, '1/b/c.txt');
    for (const path of ['1/b', '1/b', 'none']) {
      const deleted = await ask(`${PROXY}/${path}`, { method: 'DELETE' });
      expect([deleted.status, deleted.json]).toEqual([200, {}]);
    }
    expect((await ask(`${PROXY}/1/b/c.txt`)).status).toBe(404);
  });

  it('says what is missing, a folder, or no file name', async () => {
    const { ask } = await proxy();
    await put(ask, '1/x/a.txt');
    expect((await ask(`${PROXY}/1/none`)).json).toMatchObject({
      error_code: 'RESOURCE_DOES_NOT_EXIST',
      message: "No such artifact: '1/none'",
    });
    const folder = "Artifact path refers to a directory, not a file: '1/x'";
    for (const answer of [await ask(`${PROXY}/1/x`), await put(ask, '1/x')]) {
      expect(answer.status).toBe(400);
      expect(answer.json).toMatchObject({ error_code: 'INVALID_PARAMETER_VALUE', message: folder });
    }
    for (const path of ['', '1/x/', '1/x/.', '.']) {
      const answer = await put(ask, path);
      expect(answer.status).toBe(400);
      expect(answer.json.detail).toBe(
        "Artifact path must include a filename (cannot end with '/').",
      );
    }
    expect((await put(ask, '1/x/a.txt/b')).status).toBe(400);
  });

  it.each([
    '../secret.txt',
    '1/../../secret.txt',
    '%2e%2e/secret.txt',
    '..%2fsecret.txt',
    '%2e%2e%2fsecret.txt',
    '%252e%252e%252fsecret.txt',
    '%25252e%25252e/secret.txt',
    '..%5csecret.txt',
    '/etc/passwd',
    '%2fetc/passwd',
    'C:%5cWindows',
    'file:/etc/passwd',
    'x%23/../../secret.txt',
    'a%00b',
    'a%0ab',
    `%${'25'.repeat(30)}2e`,
  ])('lets nobody out by %s', async (path) => {
    const { ask, folder } = await proxy();
    const answers = [
      await ask(`${PROXY}/${path}`),
      await put(ask, path),
      await ask(`${PROXY}/${path}`, { method: 'DELETE' }),
      await ask(`${PROXY}?path=${path}`),
    ];
    for (const { status, body } of answers) {
      expect(status).toBe(400);
      expect(body).not.toContain('secret');
    }
    expect(await readdir(join(folder, '..'))).toEqual(['art', 'secret.txt']);
  });

  it.each(['', '.', './', '%2e', './.'])('never deletes its root by %j', async (path) => {
    const { ask } = await proxy();
    await put(ask, '1/x');
    expect((await ask(`${PROXY}/${path}`, { method: 'DELETE' })).status).toBe(400);
    expect((await ask(`${PROXY}/1/x`)).body).toBe('hello');
  });

  it('keeps the old file, and nothing else, when an upload is cut off', async () => {
    const { ask, port, folder } = await proxy();
    await put(ask, '1/x', 'old');
    await new Promise<void>((resolve) => {
      const upload = request({
        host: '127.0.0.1',
        port,
        method: 'PUT',
        path: `${PROXY}/1/x`,
        headers: { 'content-length': '1000000' },
      });
      upload.on('error', () => resolve());
      upload.write('new', () => setTimeout(() => upload.destroy(), 100));
    });
    await expect
      .poll(async () => (await readdir(join(folder, '.runledger-uploads'))).length)
      .toBe(0);
    expect((await ask(`${PROXY}/1/x`)).body).toBe('old');
    expect(await readdir(join(folder, '1'))).toEqual(['x']);
  });

  it('stores a large file of many chunks whole', async () => {
    const { ask } = await proxy();
    const body = Buffer.alloc(20_000_000, 'abcdefghij\n');
    expect((await put(ask, '1/large', body)).status).toBe(200);
    expect((await ask(`${PROXY}/1/large`)).body === body.toString()).toBe(true);
  });

  it('answers an upload that it refuses on the same connection', async () => {
    const { ask } = await proxy();
    const body = Buffer.alloc(5_000_000);
    expect((await put(ask, '..%2fx', body)).status).toBe(400);
    expect((await put(ask, '1/x/', body)).status).toBe(400);
  });

  it('has no uploads in parts and no URLs of its store', async () => {
    const { ask } = await proxy();
    const post = (path: string, json: unknown) => ask(path, { method: 'POST', json });
    const mpu = '/api/2.0/mlflow-artifacts/mpu';
    const upload = 'Multipart upload is not supported for the current artifact repository';
    for (const [path, json] of [
      ['create/1/x', { path: 'f', num_parts: 2 }],
      ['complete/1/x', { path: 'f', upload_id: 'u', parts: [] }],
      ['abort/1/x', { path: 'f', upload_id: 'u' }],
    ] as const) {
      const answer = await post(`${mpu}/${path}`, json);
      expect(answer.status).toBe(501);
      expect(answer.json).toEqual({ error_code: 'NOT_IMPLEMENTED', message: upload });
      expect((await post(`${mpu}/${path}`, {})).json.message).toMatch(
        /^Missing value for required parameter 'path'\./,
      );
      expect((await post(`${mpu}/${path.split('/')[0]}/..%2fx`, json)).status).toBe(400);
    }
    const presigned = await ask('/api/2.0/mlflow-artifacts/presigned/1/x');
    expect(presigned.json).toEqual({
      error_code: 'NOT_IMPLEMENTED',
      message: 'Multipart download is not supported for the current artifact repository',
    });
  });

  it('answers 503 while it is off', async () => {
    const folder = await temporaryFolder();
    const { ask } = await serveArtifacts({
      defaultRoot: join(folder, 'root'),
      destination: join(folder, 'art'),
      serveArtifacts: false,
    });
    for (const answer of [await ask(`${PROXY}/1/x`), await put(ask, '1/x')]) {
      expect(answer.status).toBe(503);
      expect(answer.json.detail).toBe(
        'Artifact serving is disabled. Run `mlflow server` with `--serve-artifacts` to enable.',
      );
    }
    for (const answer of [await ask(PROXY), await ask(`${PROXY}/1/x`, { method: 'DELETE' })]) {
      expect(answer.status).toBe(503);
      expect(answer.json.message).toMatch(/^Endpoint: .* disabled due to the mlflow server/);
    }
  });

  it('says so when its destination is out of reach', async () => {
    const { ask } = await serveArtifacts({
      defaultRoot: 'mlflow-artifacts:/',
      destination: 's3://bucket/x',
      serveArtifacts: true,
    });
    for (const answer of [await ask(PROXY), await ask(`${PROXY}/1/x`), await put(ask, '1/x')]) {
      expect(answer.status).toBe(501);
      expect(answer.json.error_code).toBe('NOT_IMPLEMENTED');
    }
  });
});
