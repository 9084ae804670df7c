import { readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { OnnxVerdict } from '../verdict.js';
import { verifyOnnx } from '../verify-onnx.js';

const FOLDER = fileURLToPath(new URL('./models/', import.meta.url));

/** Names of the models that `make_models.py` has made. */
export const MODELS: readonly string[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.onnx'))
  .map((name) => name.replace(/\.onnx$/, ''));

/** @returns the bytes of a model, in memory of their own */
export const bytesOf = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(`${FOLDER}${name}.onnx`));

/** The files beside the models, with their sizes. */
export const FILES: ReadonlyMap<string, number> = new Map(
  readdirSync(FOLDER).map((name) => [name, statSync(FOLDER + name).size]),
);

/** @param schema inputs and outputs of the signature, as `MLmodel` holds them */
export function verdictOn(
  name: string,
  schema?: { readonly inputs?: unknown; readonly outputs?: unknown },
): OnnxVerdict {
  const text = (part: unknown) => JSON.stringify(JSON.stringify(part));
  const lines = Object.entries(schema ?? {}).map(([key, part]) => `  ${key}: ${text(part)}`);
  const mlmodel = schema && ['flavors: {onnx: {}}', 'signature:', ...lines].join('\n');
  return verifyOnnx({ bytes: bytesOf(name), files: FILES, mlmodel });
}

/** What the models keep outside of themselves. */
export const outsideData = (): Uint8Array => new Uint8Array(readFileSync(`${FOLDER}outside.bin`));
