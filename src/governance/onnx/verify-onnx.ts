import { checkAgreement } from './agreement.js';
import { decodeModel } from './decode.js';
import { opsFingerprint } from './fingerprint.js';
import { GraphCheck } from './graph.js';
import { plainDomain } from './operator-check.js';
import { Problems, quoted } from './problems.js';
import { type ModelMessage, type OperatorSetMessage, toBigInt } from './schema.js';
import { signatureOf } from './signature.js';
import { TensorCheck } from './tensors.js';
import { type OnnxFile, type OnnxVerdict, unreadable } from './verdict.js';

const ONNX_DOMAINS: ReadonlySet<string> = new Set([
  '',
  'ai.onnx.ml',
  'ai.onnx.training',
  'ai.onnx.preview',
  'ai.onnx.preview.training',
]);

/** Looks at an ONNX file without running it. The work grows with the file: not for the event loop. */
export function verifyOnnx({ bytes, files, mlmodel }: OnnxFile): OnnxVerdict {
  const model = decodeModel(bytes);
  if (typeof model === 'string') return unreadable(model);
  const problems = new Problems();
  checkHead(model, problems);
  const check = new GraphCheck(problems, new TensorCheck(problems, files), model);
  for (const fun of model.functions) check.checkFunction(fun);
  if (model.graph !== null) {
    check.checkMain(model.graph);
    const signature = mlmodel === undefined ? undefined : signatureOf(mlmodel);
    if (typeof signature === 'string') problems.add(signature);
    else if (signature !== undefined) checkAgreement(model.graph, signature, problems);
  }
  const list = problems.list;
  return {
    ok: list.length === 0,
    problems: list,
    opset: opsetOf(model.opsetImport),
    opsSha256: model.graph === null ? undefined : opsFingerprint(model),
    domains: customDomains(model.opsetImport),
  };
}

function checkHead({ irVersion, graph, opsetImport }: ModelMessage, problems: Problems): void {
  if (toBigInt(irVersion) <= 0n) problems.add('The model has no ir_version');
  if (graph === null) problems.add('The model has no graph');
  if (opsetImport.length === 0) problems.add('The model has no opset_import');
  const seen = new Map<string, bigint>();
  for (const { domain, version } of opsetImport) {
    const name = plainDomain(domain);
    const number = toBigInt(version);
    if (number <= 0n) problems.add(`The domain ${quoted(name)} is imported without a version`);
    // Exporters do write the same import twice.
    if ((seen.get(name) ?? number) === number) seen.set(name, number);
    else problems.add(`The domain ${quoted(name)} is imported in two versions`);
  }
}

function opsetOf(sets: readonly OperatorSetMessage[]): number | undefined {
  const own = sets.find(({ domain }) => plainDomain(domain) === '');
  return own === undefined ? undefined : Number(toBigInt(own.version));
}

const MOST_DOMAINS = 50;

function customDomains(sets: readonly OperatorSetMessage[]): string[] {
  const names = new Set(sets.map(({ domain }) => plainDomain(domain)));
  const custom = [...names].filter((name) => !ONNX_DOMAINS.has(name));
  return custom
    .map((name) => name.slice(0, 200))
    .sort()
    .slice(0, MOST_DOMAINS);
}
