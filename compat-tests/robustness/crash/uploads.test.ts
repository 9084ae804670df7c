import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Client, NoAnswer } from '../support/client.js';
import { places } from '../support/place.js';
import { startServer } from '../support/server.js';
import { unlessCut } from './ledger.js';

const UPLOADERS = 8;
const ROUNDS = [250, 500, 350];
const ARTIFACTS = '/api/2.0/mlflow-artifacts/artifacts';

/** What a path may hold: the file acknowledged last, or the one whose answer did not come. */
interface Slot {
  settled: string | undefined;
  attempted: string;
}

const newPlace = places();

it('shows whole files only when it is killed in the middle of uploads', async () => {
  const place = await newPlace();
  const slots = new Map<string, Slot>();
  let server = await startServer(place);
  for (const [round, time] of ROUNDS.entries()) {
    const uploads = Promise.all(
      Array.from({ length: UPLOADERS }, (_, index) =>
        uploadUntilCut(server.url, slots, `${round}/${index}`),
      ),
    );
    await sleep(time);
    // A busy machine may not have come to much yet.
    const isSome = () => [...slots].some(([path, { settled }]) => settled && inRound(path, round));
    for (let wait = 0; wait < 200 && !isSome(); wait += 1) await sleep(50);
    await server.kill();
    await uploads;
    server = await startServer(place, { port: server.port });
    await audit(server.url, slots);
    // What was under way is swept away at the start.
    const left = await readdir(place.artifacts, { recursive: true });
    const hidden = left.filter((path) => path.startsWith('.') && path.includes('/'));
    expect(hidden, 'left over by uploads that were cut').toEqual([]);
  }
  expect([...slots.values()].some(({ settled }) => settled !== undefined)).toBe(true);
  expect([...slots.values()].some((slot) => slot.settled !== slot.attempted)).toBe(true);
});

const inRound = (path: string, round: number): boolean => path.startsWith(`${round}/`);

async function uploadUntilCut(
  url: string,
  slots: Map<string, Slot>,
  folder: string,
): Promise<void> {
  for (let count = 0; count < 10_000; count += 1) {
    // Every second upload replaces one file, the others are new.
    const path = `${folder}/${count % 2 === 0 ? 'same' : count}.bin`;
    const content = randomBytes(50_000 + (count % 5) * 400_000);
    const slot = slots.get(path) ?? { settled: undefined, attempted: '' };
    slots.set(path, slot);
    slot.attempted = hash(content);
    if ((await unlessCut(upload(`${url}${ARTIFACTS}/${path}`, content))) === undefined) return;
    slot.settled = slot.attempted;
  }
}

/** Sends a file in many pieces, so that a kill finds it half sent. */
function upload(url: string, content: Buffer): Promise<true> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) => reject(new NoAnswer(url, { cause }));
    const request = httpRequest(url, { method: 'PUT', agent: false }, (response) => {
      response.on('error', fail);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(true);
        else reject(new Error(`upload: ${response.statusCode}`));
      });
      response.resume();
    });
    request.on('error', fail);
    void (async () => {
      for (let at = 0; at < content.length; at += 64 * 1024) {
        if (request.destroyed) return;
        request.write(content.subarray(at, at + 64 * 1024));
        await sleep(1);
      }
      request.end();
    })();
  });
}

async function audit(url: string, slots: ReadonlyMap<string, Slot>): Promise<void> {
  const client = new Client(url);
  for (const [path, { settled, attempted }] of slots) {
    const answer = await client.ask({ path: `${ARTIFACTS}/${path}` });
    if (answer.status === 404) {
      expect(settled, `acknowledged file ${path}`).toBe(undefined);
      continue;
    }
    expect(answer.status).toBe(200);
    expect([settled, attempted], path).toContain(hash(answer.bytes));
  }
  const folders = new Set([...slots.keys()].map((path) => path.slice(0, path.lastIndexOf('/'))));
  for (const folder of folders) {
    const answer = await client.ask({ path: `${ARTIFACTS}?path=${encodeURIComponent(folder)}` });
    const { files = [] } = answer.json<{ files?: { path: string }[] }>();
    const strangers = files.filter((file) => !slots.has(`${folder}/${file.path}`));
    expect(strangers, 'files that nobody uploaded').toEqual([]);
  }
  client.close();
}

const hash = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
