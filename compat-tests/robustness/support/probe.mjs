/** Asks a server every few milliseconds how it is, in a thread that no other client slows down. */
import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

const { url, answered } = workerData;

const ask = () =>
  new Promise((resolve, reject) => {
    get(`${url}/health`, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    }).on('error', reject);
  });

let isOver = false;
parentPort.once('message', () => {
  isOver = true;
});
const seen = { answers: 0, others: 0, overtaken: 0 };
while (!isOver) {
  const before = Atomics.load(answered, 0);
  const status = await ask().catch(() => undefined);
  if (status === 200) seen.answers += 1;
  else seen.others += 1;
  seen.overtaken = Math.max(seen.overtaken, Atomics.load(answered, 0) - before);
  await sleep(20);
}
parentPort.postMessage(seen);
