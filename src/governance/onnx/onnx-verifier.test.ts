import { describe, expect, it } from 'vitest';
import { ONNX_LIMITS, type OnnxLimits, OnnxVerifier } from './onnx-verifier.js';
import { bytesOf, FILES, verdictOn } from './testing/models.js';

/** The code of the thread as it stands, unbuilt. */
const WORKER = new URL('./testing/onnx-worker.mjs', import.meta.url);

const verifierWith = (limits: Partial<OnnxLimits> = {}) =>
  new OnnxVerifier({ ...ONNX_LIMITS, ...limits }, WORKER);
const file = (bytes: Uint8Array) => ({ bytes, files: FILES, mlmodel: undefined });

/** A graph of as many nodes without anything in them: 2 bytes each, and far more when read. */
function manyNodes(count: number): Uint8Array {
  const nodes = Buffer.alloc(2 * count);
  for (let at = 0; at < nodes.length; at += 2) nodes[at] = 0x0a;
  const length: number[] = [];
  for (let rest = nodes.length; rest > 0; rest = Math.floor(rest / 128)) {
    length.push((rest % 128) + (rest >= 128 ? 128 : 0));
  }
  return new Uint8Array(Buffer.concat([Buffer.from([0x08, 10, 0x3a, ...length]), nodes]));
}

describe('a verifier', () => {
  it('comes to the same verdict in a thread', async () => {
    const verifier = verifierWith();
    const names = ['network', 'outside', 'broken-outside-length', 'broken-empty'];
    const verdicts = await Promise.all(names.map((name) => verifier.verify(file(bytesOf(name)))));
    expect(verdicts).toEqual(names.map((name) => verdictOn(name)));
  });

  it('takes bytes that lie in a shared buffer', async () => {
    const shared = Buffer.concat([Buffer.alloc(8), bytesOf('network'), Buffer.alloc(8)]);
    const { ok } = await verifierWith().verify(file(shared.subarray(8, -8)));
    expect(ok).toBe(true);
    expect(shared.subarray(8, -8)).toEqual(Buffer.from(bytesOf('network')));
  });

  it('does not look at what is too large', async () => {
    const { problems } = await verifierWith({ maxBytes: 100 }).verify(file(bytesOf('network')));
    expect(problems).toEqual(['The file has 196 bytes, and at most 100 are looked at']);
  });

  it('gives up when it takes too long', async () => {
    const impatient = verifierWith({ timeout: 1 });
    const { problems } = await impatient.verify(file(manyNodes(3_000_000)));
    expect(problems).toEqual(['Looking at the file took too long']);
  });

  it('survives a file that fills the memory, and goes on with the next', async () => {
    const small = verifierWith({ maxMemory: 64 });
    const { problems } = await small.verify(file(manyNodes(5_000_000)));
    expect(problems).toEqual(['The file takes too much memory to look at']);
    expect((await small.verify(file(bytesOf('network')))).ok).toBe(true);
  });
});
