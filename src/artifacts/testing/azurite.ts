import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BlobServiceClient } from '@azure/storage-blob';

/** The account that the emulator comes with; its key is public. */
const ACCOUNT = 'devstoreaccount1';
const KEY =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

export interface RunningAzurite {
  readonly port: number;
  readonly connectionString: string;
  /** The URI of a container of this name, as MLflow spells it. */
  uri(container: string): string;
  makeContainer(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the emulator of Azure Blob Storage. */
export async function startAzurite(port?: number): Promise<RunningAzurite> {
  const folder = await mkdtemp(join(tmpdir(), 'runledger-azurite-'));
  const chosen = port ?? (await freePort());
  const program = createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js');
  const child = spawn(
    process.execPath,
    [
      ...[program, '--blobHost', '127.0.0.1', '--blobPort', String(chosen)],
      ...['--location', folder, '--silent', '--skipApiVersionCheck', '--disableTelemetry'],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const killAtExit = (): void => void child.kill('SIGKILL');
  process.once('exit', killAtExit);
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  for (let tries = 0; !said.includes('successfully listens'); tries += 1) {
    if (child.exitCode !== null || tries === 600) throw new Error(`azurite did not start: ${said}`);
    await delay(50);
  }
  const connectionString =
    `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${KEY};` +
    `BlobEndpoint=http://127.0.0.1:${chosen}/${ACCOUNT};`;
  return {
    port: chosen,
    connectionString,
    uri: (container) => `wasbs://${container}@${ACCOUNT}.blob.core.windows.net`,
    makeContainer: async (name) => {
      await BlobServiceClient.fromConnectionString(connectionString)
        .getContainerClient(name)
        .createIfNotExists();
    },
    stop: async () => {
      process.removeListener('exit', killAtExit);
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await gone;
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
