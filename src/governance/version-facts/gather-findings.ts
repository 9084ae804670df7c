import { SafePath } from '../../artifacts/safe-path.js';
import { CARD_FILES } from '../cards/resolve-card.js';
import { DOCUMENT_LIMITS, decodeUtf8 } from '../documents/read-document.js';
import { formatOf } from '../freeze/model-format.js';
import { CONTRACT_FILE, checkContract } from '../gates/contract.js';
import { LONGEST_MLMODEL, parseMlmodel } from '../model-folder/mlmodel.js';
import { filesIn, type ModelFolder, readBytes } from '../model-folder/model-folder.js';
import { readSignature } from '../model-signature/signature.js';
import { verifyOnnxFolder } from '../onnx/onnx-folder.js';
import type { OnnxVerifier } from '../onnx/onnx-verifier.js';
import type { OnnxVerdict } from '../onnx/verdict.js';
import { describeMlmodel } from '../semver/describe-mlmodel.js';
import type { Findings, FoundCard } from './evidence.js';
import type { FoundInFiles } from './looks-ahead.js';

/** Bytes of a contract or a card, whatever characters they are. */
const LONGEST_TEXT = 1_600_000;

/** Where the files of a version lie, and those of its run. */
export interface Folders {
  readonly model: ModelFolder;
  /** The run's own artifacts; cards and contracts are looked for at these paths in it. */
  readonly run?: { readonly folder: ModelFolder; readonly paths: readonly string[] } | undefined;
}

/** @returns the folders of a run that a card or a contract of its model may lie in */
export const pathsInRun = (loggedModel: string | undefined): readonly string[] => {
  const names = [loggedModel ?? '', 'model'].filter((part) => /^[\w.-]+$/.test(part));
  return [...new Set([...names, ''])];
};

/**
 * Reads what the files of a version say. Nothing is held in memory but small files and ONNX.
 *
 * @param known what the files of the manifest say, where they have been read already
 */
export async function gatherFindings(
  { model, run }: Folders,
  verifier: OnnxVerifier,
  known?: FoundInFiles,
): Promise<Omit<Findings, 'derived'>> {
  const inFiles = known ?? (await findInFiles(model, verifier));
  const cards = await cardFiles({ model, run });
  let contract = await readBytes(model, SafePath.parse(CONTRACT_FILE), LONGEST_TEXT);
  for (const folder of run?.paths ?? []) {
    if (run === undefined) break;
    const at = (name: string) => (folder === '' ? name : `${folder}/${name}`);
    contract ??= await readBytes(run.folder, SafePath.parse(at(CONTRACT_FILE)), LONGEST_TEXT);
  }
  const signature = readSignature(inFiles.mlmodel?.signature);
  return {
    ...inFiles,
    cards,
    contract: contract && checkContract(contract, undefined, signature),
  };
}

async function findInFiles(model: ModelFolder, verifier: OnnxVerifier): Promise<FoundInFiles> {
  const bytes = await readBytes(model, SafePath.parse('MLmodel'), LONGEST_MLMODEL);
  const mlmodel = bytes && describeMlmodel(bytes);
  const paths = (await filesIn(model)).map(({ path }) => path.text);
  const { format, pickles } = formatOf(
    paths,
    bytes && parseMlmodel(Buffer.from(bytes).toString('utf8')),
  );
  const verdicts = [...(await verifyOnnxFolder(model, verifier))];
  const problems = verdicts.flatMap(([path, verdict]) =>
    verdict.problems.map((problem) => `${path}: ${problem}`),
  );
  const whole = verdicts.length === 0 ? 'absent' : 'valid';
  return {
    mlmodel,
    format: {
      formats: [format],
      unsafeFiles: pickles.slice(0, 100),
      onnx: {
        ...{ state: problems.length > 0 ? 'invalid' : whole, problems: problems.slice(0, 50) },
        opset: verdicts.find(([, { opset }]) => opset !== undefined)?.[1].opset,
        ...(whole === 'absent' ? {} : { domains: domainsOf(verdicts) }),
      },
    },
    opsSha256: verdicts.find(([, { opsSha256 }]) => opsSha256 !== undefined)?.[1].opsSha256,
  };
}

/** @returns the files that may be cards, of the model and of its run, in the order of their places */
export async function cardFiles({ model, run }: Folders): Promise<FoundCard[]> {
  const inRun = (run?.paths ?? []).flatMap((folder) =>
    CARD_FILES.slice(0, 5).map((name) => (folder === '' ? name : `${folder}/${name}`)),
  );
  const cards = await cardsIn(model, 'model_artifact', CARD_FILES);
  if (run !== undefined) cards.push(...(await cardsIn(run.folder, 'run_artifact', inRun)));
  return cards;
}

const domainsOf = (verdicts: readonly (readonly [string, OnnxVerdict])[]): readonly string[] =>
  [...new Set(verdicts.flatMap(([, { domains }]) => domains))].slice(0, 50);

async function cardsIn(
  folder: ModelFolder,
  place: FoundCard['place'],
  paths: readonly string[],
): Promise<FoundCard[]> {
  const found: FoundCard[] = [];
  for (const path of paths) {
    const bytes = await readBytes(folder, SafePath.parse(path), LONGEST_TEXT);
    if (bytes === undefined) continue;
    // One character more than may be read: whoever reads it then says that it is too long.
    const text = decodeUtf8(bytes)?.slice(0, DOCUMENT_LIMITS.characters + 1) ?? '\u0000';
    found.push({ place, path, content: text });
  }
  return found;
}
