import { Worker } from 'node:worker_threads';
import { type OnnxFile, type OnnxVerdict, unreadable } from './verdict.js';

export interface OnnxLimits {
  /** Bytes of the ONNX file itself; what lies outside of it is only measured. */
  readonly maxBytes: number;
  /** Milliseconds for a file. */
  readonly timeout: number;
  /** MiB of memory for what a file is read into, beside its own bytes. */
  readonly maxMemory: number;
}

export const ONNX_LIMITS: OnnxLimits = {
  // Where protobuf itself ends; larger models keep their tensors outside.
  maxBytes: 2 ** 31 - 1,
  timeout: 60_000,
  maxMemory: 1_024,
};

/** A thread loads compiled code only; where the sources run unbuilt, all is done in this thread. */
const COMPILED = import.meta.url.endsWith('.js')
  ? new URL('./onnx-worker.js', import.meta.url)
  : undefined;

/**
 * Looks at ONNX files within bounds: one after the other, each in a thread that ends with it. A
 * file that is made to do harm takes its own thread down and nothing else.
 */
export class OnnxVerifier {
  readonly #limits: OnnxLimits;
  readonly #code: URL | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(limits: OnnxLimits = ONNX_LIMITS, code = COMPILED) {
    this.#limits = limits;
    this.#code = code;
  }

  /** @returns the verdict on what is not even worth fetching */
  tooLarge(size: number): OnnxVerdict | undefined {
    const { maxBytes } = this.#limits;
    if (size <= maxBytes) return undefined;
    return unreadable(`The file has ${size} bytes, and at most ${maxBytes} are looked at`);
  }

  /**
   * Looks at a file. Its bytes are handed over to a thread: the caller has them no longer, unless
   * they are a part of a larger buffer, of which they are copied.
   */
  async verify(file: OnnxFile): Promise<OnnxVerdict> {
    const refusal = this.tooLarge(file.bytes.length);
    if (refusal !== undefined) return refusal;
    const code = this.#code;
    if (code === undefined) return (await import('./verify-onnx.js')).verifyOnnx(file);
    // The clock of a file must not run while it waits for another.
    const turn = this.#last.then(() => this.#inThread(file, code));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #inThread(file: OnnxFile, code: URL): Promise<OnnxVerdict> {
    const bytes = wholeOf(file.bytes);
    return new Promise((resolve, reject) => {
      const worker = new Worker(code, {
        workerData: { ...file, bytes },
        transferList: [bytes.buffer],
        resourceLimits: { maxOldGenerationSizeMb: this.#limits.maxMemory },
      });
      const clock = setTimeout(() => {
        resolve(unreadable('Looking at the file took too long'));
        void worker.terminate();
      }, this.#limits.timeout);
      worker.once('message', resolve);
      worker.once('error', (error) => {
        if (isOutOfMemory(error)) resolve(unreadable('The file takes too much memory to look at'));
        else reject(error);
      });
      worker.once('exit', (status) => {
        clearTimeout(clock);
        reject(new Error(`The thread has ended with ${status} and without a verdict`));
      });
    });
  }
}

/** Memory that something else lies in as well can't be handed over. */
function wholeOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength;
  return isWhole ? new Uint8Array(buffer) : new Uint8Array(bytes);
}

const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
