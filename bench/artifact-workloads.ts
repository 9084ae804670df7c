import { once } from 'node:events';
import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Context, type Driver, type OwnTrial, ownTrial } from './driver.js';
import { usageOfTree } from './process-stats.js';
import { ResponseReader } from './response-reader.js';
import type { Server } from './servers.js';

const CHUNK = Buffer.alloc(1024 * 1024, 'a large file is made of this ');
const CHUNKS = 500;
const SIZE = CHUNK.length * CHUNKS;
const PATH = '/api/2.0/mlflow-artifacts/artifacts/1/bench/large.bin';
const WATCH_MS = 50;

/** 500 MiB through the proxy, in one request. */
export async function artifactUpload({ server }: Context): Promise<Driver> {
  return { trial: () => timed(server, () => upload(server.port)) };
}

export async function artifactDownload({ server }: Context): Promise<Driver> {
  await upload(server.port);
  // Once before the timing: the file may then be read from memory, by all servers alike.
  await download(server.port);
  return { trial: () => timed(server, () => download(server.port)) };
}

async function timed(server: Server, work: () => Promise<number>): Promise<OwnTrial> {
  const before = usageOfTree(server.pid)?.memoryMb ?? 0;
  let highest = before;
  let done = false;
  const watch = async () => {
    while (!done) {
      highest = Math.max(highest, usageOfTree(server.pid)?.memoryMb ?? 0);
      await sleep(WATCH_MS);
    }
  };
  const watching = watch();
  const startedAt = performance.now();
  const received = await work();
  const elapsedMs = performance.now() - startedAt;
  done = true;
  await watching;
  const speed = SIZE / 1_000 / elapsedMs;
  return ownTrial([elapsedMs], {
    elapsedMs,
    notes: [`${speed.toFixed(0)} MB/s, memory grew by ${(highest - before).toFixed(0)} MB`],
    complaints: received === SIZE ? [] : [`${received} of ${SIZE} bytes`],
  });
}

async function upload(port: number): Promise<number> {
  const socket = createConnection({ port, host: '127.0.0.1' });
  await once(socket, 'connect');
  const answered = answerOn(socket);
  socket.write(
    `PUT ${PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/octet-stream\r\n` +
      `Content-Length: ${SIZE}\r\n\r\n`,
  );
  for (let sent = 0; sent < CHUNKS; sent++) {
    if (!socket.write(CHUNK)) await Promise.race([once(socket, 'drain'), answered]);
  }
  await answered;
  return SIZE;
}

async function download(port: number): Promise<number> {
  const socket = createConnection({ port, host: '127.0.0.1' });
  await once(socket, 'connect');
  const answered = answerOn(socket);
  socket.write(`GET ${PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
  return answered;
}

/** @returns how many bytes came, once the answer is complete */
function answerOn(socket: ReturnType<typeof createConnection>): Promise<number> {
  const reader = new ResponseReader();
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('connection closed')));
    socket.on('data', (data) => {
      if (!reader.feed(data)) return;
      socket.destroy();
      if (reader.status === 200) resolve(reader.bodyBytes);
      else reject(new Error(`answered ${reader.status}`));
    });
  });
}
