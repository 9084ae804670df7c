import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRunledgerClient } from './index.js';
import { canned, json } from './testing/canned.js';

const busy = (retryAfter?: string, status = 503): Response =>
  json(
    { error_code: 'TEMPORARILY_UNAVAILABLE', message: 'Busy' },
    status,
    retryAfter === undefined ? {} : { 'Retry-After': retryAfter },
  );

describe('a busy server', () => {
  beforeEach(() => void vi.useFakeTimers({ now: new Date('2030-01-01T00:00:00Z') }));
  afterEach(() => void vi.useRealTimers());

  const create = (...answers: Response[]) => {
    const { fetch, sent } = canned(...answers);
    const client = createRunledgerClient({ baseUrl: 'http://runledger.test', fetch });
    const outcome = client
      .POST('/api/2.0/mlflow/runs/create', { body: { experiment_id: '0' } })
      .then(
        () => 'made',
        (error: unknown) => error,
      );
    return { outcome, sent };
  };

  it.each([
    ['seconds', '2'],
    ['a date', 'Tue, 01 Jan 2030 00:00:02 GMT'],
  ])('is asked again after the %s that it says', async (_, retryAfter) => {
    const { outcome, sent } = create(busy(retryAfter, 429), json({}));
    await vi.advanceTimersByTimeAsync(1_900);
    expect(sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(await outcome).toBe('made');
    expect(sent[1]).toEqual(sent[0]);
  });

  it('is asked four times in all, with growing pauses where it says none', async () => {
    const { outcome, sent } = create(busy(), busy('soon'), busy(), busy());
    await vi.advanceTimersByTimeAsync(500);
    expect(sent).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1_000 + 2_000);
    expect(await outcome).toMatchObject({ code: 'TEMPORARILY_UNAVAILABLE', status: 503 });
    expect(sent).toHaveLength(4);
  });

  it('is not waited for without end', async () => {
    const { outcome, sent } = create(busy('3600'));
    expect(await outcome).toMatchObject({ status: 503 });
    expect(sent).toHaveLength(1);
  });

  it('is asked once when told so, and after any other error', async () => {
    const { fetch, sent } = canned(busy(), json({}, 500));
    const baseUrl = 'http://runledger.test';
    const client = createRunledgerClient({ baseUrl, fetch, retry: { attempts: 1 } });
    await expect(client.GET('/health')).rejects.toMatchObject({ status: 503 });
    const patient = createRunledgerClient({ baseUrl, fetch });
    await expect(patient.GET('/health')).rejects.toMatchObject({ status: 500 });
    expect(sent).toHaveLength(2);
  });

  it('is let go when the caller gives up', async () => {
    const { fetch, sent } = canned(busy('10'));
    const client = createRunledgerClient({ baseUrl: 'http://runledger.test', fetch });
    const { signal, abort } = controller();
    const outcome = client.GET('/health', { signal }).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(1_000);
    abort();
    expect(await outcome).toMatchObject({ name: 'AbortError' });
    expect(sent).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is sent a stream only once', async () => {
    const { fetch, sent } = canned(busy('0'));
    const client = createRunledgerClient({ baseUrl: 'http://runledger.test', fetch });
    const upload = client.PUT('/api/2.0/mlflow-artifacts/artifacts/{artifact_path}', {
      params: { path: { artifact_path: 'x' } },
      body: new Blob(['text']).stream(),
    });
    await expect(upload).rejects.toMatchObject({ status: 503 });
    expect(sent).toHaveLength(1);
  });
});

function controller(): { signal: AbortSignal; abort: () => void } {
  const control = new AbortController();
  return { signal: control.signal, abort: () => control.abort() };
}
