import { Worker } from 'node:worker_threads';
import { MlflowError } from '../../errors.js';
import type { CompliancePack } from './pack.js';

/** A thread loads compiled code only; where the sources run unbuilt, all is done in this thread. */
const COMPILED = import.meta.url.endsWith('.js')
  ? new URL('./pdf-worker.js', import.meta.url)
  : undefined;
/** Milliseconds for one pack. */
const TIMEOUT = 30_000;
/** Packs that may wait for each other. */
const MOST_WAITING = 20;
const MEMORY = { maxOldGenerationSizeMb: 256 };

/** Prints packs one after the other, each in a thread: requests go on meanwhile. */
export class PdfPrinter {
  readonly #code: URL | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(code = COMPILED) {
    this.#code = code;
  }

  /** @throws MlflowError 429 where too many packs are being printed */
  async print(pack: CompliancePack): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#waiting >= MOST_WAITING) {
      throw new MlflowError('RESOURCE_EXHAUSTED', 'Too many packs are being printed: come again');
    }
    this.#waiting += 1;
    const code = this.#code;
    const turn = this.#last.then(() => (code === undefined ? here(pack) : inThread(pack, code)));
    this.#last = turn.catch(() => undefined);
    return turn.finally(() => {
      this.#waiting -= 1;
    });
  }
}

const here = async (pack: CompliancePack) => (await import('./pack-pdf.js')).toPdf(pack);

function inThread(pack: CompliancePack, code: URL): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(code, { workerData: pack, resourceLimits: MEMORY });
    const clock = setTimeout(() => {
      reject(new Error('To print a pack took too long'));
      void worker.terminate();
    }, TIMEOUT);
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (status) => {
      clearTimeout(clock);
      reject(new Error(`The thread has ended with ${status} and without a pack`));
    });
  });
}
