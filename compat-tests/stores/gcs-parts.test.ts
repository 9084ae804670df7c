/**
 * Uploads in parts to Google Cloud Storage. Its emulator has no XML interface; the one of Amazon
 * S3 does, and this part of the two is the same: signatures are not looked at.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { GcsBucket } from '../../src/artifacts/backends/gcs.js';
import { storeError } from '../../src/artifacts/backends/store-errors.js';
import { serviceAccount } from './support/emulators.js';

it('parts that clients have sent become one object', async () => {
  const endpoint = inject('stores').s3.environment.MLFLOW_S3_ENDPOINT_URL ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'runledger-gcs-'));
  try {
    const keyFile = serviceAccount(folder);
    const bucket = new GcsBucket('artifacts', { endpoint, keyFile, project: undefined });
    const key = 'gcs/ä b/weights.bin';
    const started = await bucket.startDirect(key, 2);
    const parts = [Buffer.alloc(5 * 1024 * 1024, 'one'), Buffer.from('two')];
    const sent = await Promise.all(
      started.credentials.map(async ({ url, part_number: number }) => {
        const found = new URL(url).searchParams;
        expect(found.get('X-Goog-Algorithm')).toBe('GOOG4-RSA-SHA256');
        expect(found.get('X-Goog-Expires')).toBe('3600');
        const answer = await fetch(url, { method: 'PUT', body: parts[number - 1] as never });
        return { number, etag: answer.headers.get('etag') ?? '' };
      }),
    );
    const path = `/artifacts/${key.split('/').map(encodeURIComponent).join('/')}`;
    expect((await fetch(endpoint + path)).status).toBe(404);
    await bucket.finishDirect(key, started.upload_id ?? '', sent);
    const stored = Buffer.from(await (await fetch(endpoint + path)).arrayBuffer());
    expect(stored.equals(Buffer.concat(parts))).toBe(true);

    const dropped = await bucket.startDirect('gcs/dropped', 1);
    await bucket.abortDirect('gcs/dropped', dropped.upload_id ?? '');
    const again = bucket.abortDirect('gcs/dropped', dropped.upload_id ?? '');
    const error = await again.catch((reason: unknown) => storeError(reason, bucket.name));
    expect(error).toMatchObject({ status: 404 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
