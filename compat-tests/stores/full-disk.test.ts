/** A full disk is an answer, leaves nothing half, and is over when there is room again. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startRunledger } from '../servers.js';

const MIB = 1024 * 1024;
const FILES = '/api/2.0/mlflow-artifacts/artifacts';

/** Only root may mount; elsewhere src/artifacts/backends/file-errors.test.ts has to do. */
const mayMount = process.platform === 'linux' && process.getuid?.() === 0;

describe.runIf(mayMount)('artifacts on a disk of 16 MB', () => {
  it('are refused when it is full, and taken again when it is not', async () => {
    const disk = mkdtempSync(join(tmpdir(), 'runledger-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', disk]);
    const server = await startRunledger({ extraArguments: ['--artifacts-destination', disk] });
    const put = (name: string, size: number) =>
      fetch(`${server.url}${FILES}/0/${name}`, {
        ...{ method: 'PUT', body: Buffer.alloc(size, 'x') as never },
      });
    try {
      expect((await put('first', 6 * MIB)).status).toBe(200);
      const refused = await put('second', 12 * MIB);
      expect(refused.status).toBe(507);
      expect(await refused.json()).toMatchObject({
        ...{ error_code: 'RESOURCE_EXHAUSTED', message: 'The artifact storage is full' },
      });
      expect((await fetch(`${server.url}${FILES}/0/second`)).status).toBe(404);
      expect(readdirSync(join(disk, '.runledger-uploads'))).toEqual([]);
      expect((await fetch(`${server.url}${FILES}/0/first`, { method: 'DELETE' })).status).toBe(200);
      expect((await put('second', 12 * MIB)).status).toBe(200);
      const back = await fetch(`${server.url}${FILES}/0/second`);
      expect((await back.arrayBuffer()).byteLength).toBe(12 * MIB);
    } finally {
      await server.stop();
      spawnSync('umount', ['-l', disk]);
      rmSync(disk, { recursive: true, force: true });
    }
  });
});
