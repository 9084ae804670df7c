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
// A thread that is new has a connection to open, and programs to read.
await ask();
parentPort.postMessage('ready');
const seen = { answers: 0, others: 0 };
const overtaken = [];
const times = [];
while (!isOver) {
  const before = Atomics.load(answered, 0);
  const begin = performance.now();
  const status = await ask().catch(() => undefined);
  if (status === 200) seen.answers += 1;
  else seen.others += 1;
  times.push(performance.now() - begin);
  overtaken.push(Atomics.load(answered, 0) - before);
  await sleep(20);
}
for (const list of [overtaken, times]) list.sort((a, b) => a - b);
parentPort.postMessage({
  ...seen,
  overtaken: overtaken[overtaken.length >> 1] ?? 0,
  median: times[times.length >> 1] ?? 0,
  slow: times[Math.floor(times.length * 0.99)] ?? 0,
});
