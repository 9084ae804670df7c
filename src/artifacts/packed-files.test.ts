import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { serveArtifacts } from './testing/serve-artifacts.js';
import { temporaryFolder } from './testing/temporary-folder.js';

const PROXY = '/api/2.0/mlflow-artifacts/artifacts';

it('packs text for who accepts that, and nothing that is small or packed already', async () => {
  const { ask } = await serveArtifacts({
    defaultRoot: 'mlflow-artifacts:/',
    destination: await temporaryFolder(),
    serveArtifacts: true,
  });
  const text = 'a line of a log\n'.repeat(10_000);
  const names = ['1/big.log', '1/small.log', '1/model.zip', '1/weights.bin', '1/chart.svg'];
  for (const name of names) {
    await ask(`${PROXY}/${name}`, { method: 'PUT', body: name.includes('small') ? 'short' : text });
  }
  const get = (name: string, more: Record<string, string> = {}, method = 'GET') =>
    ask(`${PROXY}/${name}`, { method, headers: { 'accept-encoding': 'gzip', ...more } });
  const plain = await ask(`${PROXY}/1/big.log`);
  expect([plain.body, plain.headers.vary]).toEqual([text, 'Accept-Encoding']);
  for (const name of ['1/big.log', '1/chart.svg']) {
    const { status, headers, bytes } = await get(name);
    expect([status, headers['content-encoding'], headers['content-length']]).toEqual([
      ...[200, 'gzip', undefined],
    ]);
    expect(headers.vary).toBe('Accept-Encoding');
    expect(gunzipSync(bytes).toString()).toBe(text);
    const head = await get(name, {}, 'HEAD');
    expect([head.status, head.headers['content-encoding'], head.body]).toEqual([200, 'gzip', '']);
  }
  for (const name of ['1/small.log', '1/model.zip', '1/weights.bin']) {
    const { headers } = await get(name);
    expect([headers['content-encoding'], headers.vary], name).toEqual([undefined, undefined]);
  }
  const packed = await get('1/big.log');
  expect(packed.headers.etag).toBe(`W/${plain.headers.etag}`);
  for (const { headers } of [packed, plain]) {
    const again = await get('1/big.log', { 'if-none-match': String(headers.etag) });
    expect(again.status).toBe(304);
  }
  const part = await get('1/big.log', { range: 'bytes=2-5' });
  expect([part.status, part.body]).toEqual([206, 'line']);
});
