import { describe, expect, it } from 'vitest';
import { folderOf } from '../testing/folder-of.js';
import { verifyOnnxFolder } from './onnx-folder.js';
import { ONNX_LIMITS, OnnxVerifier } from './onnx-verifier.js';
import { bytesOf, outsideData } from './testing/models.js';

const MLMODEL = `flavors: {onnx: {data: model.onnx}}
signature: {inputs: '[{"type": "tensor", "name": "z", "tensor-spec": {"dtype": "float32", "shape": [-1, 4]}}]'}`;

async function problemsIn(
  files: Readonly<Record<string, string | Uint8Array>>,
  verifier = new OnnxVerifier(),
): Promise<Record<string, readonly string[]>> {
  const verdicts = await verifyOnnxFolder(folderOf(files).folder, verifier);
  return Object.fromEntries([...verdicts].map(([path, { problems }]) => [path, problems]));
}

describe('a folder', () => {
  it('may have no ONNX files', async () => {
    expect(await problemsIn({ MLmodel: 'flavors: {sklearn: {}}', 'model.pkl': 'x' })).toEqual({});
  });

  it('is looked through at any depth', async () => {
    const files = { 'a/b/one.onnx': bytesOf('network'), 'two.ONNX': bytesOf('broken-empty') };
    expect(await problemsIn(files)).toEqual({
      'a/b/one.onnx': [],
      'two.ONNX': ['The file is empty'],
    });
  });

  it('holds data beside the file that names it', async () => {
    const outside = bytesOf('outside');
    expect(await problemsIn({ 'a/m.onnx': outside, 'a/outside.bin': outsideData() })).toEqual({
      'a/m.onnx': [],
    });
    expect(await problemsIn({ 'a/m.onnx': outside, 'outside.bin': outsideData() })).toMatchObject({
      'a/m.onnx': [
        expect.stringContaining("which is not in the model's folder"),
        expect.anything(),
      ],
    });
  });

  it('has one model that the signature is of', async () => {
    const network = bytesOf('network');
    const found = await problemsIn({ MLmodel: MLMODEL, 'model.onnx': network, 'b.onnx': network });
    expect(found).toEqual({
      'b.onnx': [],
      'model.onnx': [expect.stringContaining('"z"'), expect.anything()],
    });
  });

  it('lacks the file that it is loaded from', async () => {
    expect(await problemsIn({ MLmodel: MLMODEL })).toEqual({
      'model.onnx': ['The MLmodel file names this file, which is not there'],
    });
  });

  it('has a file that is too large to be looked at', async () => {
    const verifier = new OnnxVerifier({ ...ONNX_LIMITS, maxBytes: 10 });
    expect(await problemsIn({ 'm.onnx': bytesOf('network') }, verifier)).toEqual({
      'm.onnx': ['The file has 196 bytes, and at most 10 are looked at'],
    });
  });
});
