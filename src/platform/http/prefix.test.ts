import { describe, expect, it } from 'vitest';
import { placer } from './prefix.js';
import { sendText } from './reply.js';
import { serve } from './testing/serve.js';

function placed(prefix: string) {
  const place = placer(prefix);
  return serve((request, response) => {
    const placement = place(request, response);
    if (placement === 'answered') return;
    sendText(response, 200, 'text/plain', placement === 'elsewhere' ? placement : placement.url);
  });
}

describe('without a prefix', () => {
  it('every URL means itself', async () => {
    const ask = await placed('');
    for (const url of ['/', '/api/x?a=1', '//x']) expect((await ask(url)).body).toBe(url);
  });
});

describe('below a prefix', () => {
  it.each([
    ['/ml/', '/'],
    ['/ml/api/x?a=/ml/', '/api/x?a=/ml/'],
    ['/ml/ml/', '/ml/'],
    ['/api/2.0/mlflow-artifacts/artifacts/a/b', '/api/2.0/mlflow-artifacts/artifacts/a/b'],
    ['/api/2.0/mlflow-artifacts/artifacts/', 'elsewhere'],
    ['/api/2.0/mlflow-artifacts/artifacts', 'elsewhere'],
    ['/api/2.0/mlflow/runs/get', 'elsewhere'],
    ['/mlx/api', 'elsewhere'],
    ['/ML/api', 'elsewhere'],
    ['/', 'elsewhere'],
  ])('%s means %s', async (url, meant) => {
    expect((await (await placed('/ml'))(url)).body).toBe(meant);
  });

  it.each([
    ['/ml', '/ml/'],
    ['/ml?a=1', '/ml/?a=1'],
  ])('%s leads to %s', async (url, location) => {
    const { status, headers } = await (await placed('/ml'))(url);
    expect([status, headers.location]).toEqual([308, location]);
  });
});
