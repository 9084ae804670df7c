import { SafePath } from '../../artifacts/safe-path.js';
import { LONGEST_MLMODEL, parseMlmodel } from '../model-folder/mlmodel.js';
import { filesIn, type ModelFolder, readBytes } from '../model-folder/model-folder.js';
import type { OnnxVerifier } from './onnx-verifier.js';
import { type OnnxVerdict, unreadable } from './verdict.js';

/** The ONNX files of a model, each with what came of looking at it; none for other models. */
export type FolderVerdict = ReadonlyMap<string, OnnxVerdict>;

const MLMODEL = SafePath.parse('MLmodel');

/**
 * Looks at all ONNX files in a model's folder. The one that the model is loaded from must agree
 * with the signature as well.
 */
export async function verifyOnnxFolder(
  folder: ModelFolder,
  verifier: OnnxVerifier,
): Promise<FolderVerdict> {
  const files = await filesIn(folder);
  const verdicts = new Map<string, OnnxVerdict>();
  const models = files.filter(({ path }) => /\.onnx$/i.test(path.name));
  const mlmodel = await mlmodelIn(folder);
  const main = mainFile(mlmodel);
  if (main !== undefined && !models.some(({ path }) => path.text === main)) {
    verdicts.set(main, unreadable('The MLmodel file names this file, which is not there'));
  }
  for (const { path, size } of models) {
    const verdict =
      verifier.tooLarge(size) ??
      (await verifier.verify({
        bytes: (await readBytes(folder, path, size)) ?? new Uint8Array(),
        files: seenFrom(path, files),
        mlmodel: path.text === main || models.length === 1 ? mlmodel : undefined,
      }));
    verdicts.set(path.text, verdict);
  }
  return verdicts;
}

async function mlmodelIn(folder: ModelFolder): Promise<string | undefined> {
  const bytes = await readBytes(folder, MLMODEL, LONGEST_MLMODEL);
  return bytes && Buffer.from(bytes).toString('utf8');
}

/** The file that the flavor `onnx` says it is loaded from. */
function mainFile(mlmodel: string | undefined): string | undefined {
  const flavor = mlmodel === undefined ? undefined : parseMlmodel(mlmodel)?.flavors.onnx;
  const data = flavor?.data;
  if (typeof data !== 'string') return undefined;
  try {
    return SafePath.parse(data).text;
  } catch {
    return data;
  }
}

/** Data outside of a file is named from the folder of that file on. */
function seenFrom(
  model: SafePath,
  files: readonly { readonly path: SafePath; readonly size: number }[],
): ReadonlyMap<string, number> {
  const prefix = model.text.slice(0, -model.name.length);
  return new Map(
    files.flatMap(({ path, size }): (readonly [string, number])[] =>
      path.text.startsWith(prefix) ? [[path.text.slice(prefix.length), size]] : [],
    ),
  );
}
