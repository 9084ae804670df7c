import type { JsonObject, JsonValue } from '../../platform/json-value.js';
import { MLMODEL_LIMITS, readDocument } from '../documents/read-document.js';
import { isObject } from '../documents/unfit.js';

/** What governance reads of a file `MLmodel`. */
export interface MlmodelFacts {
  readonly signature: JsonValue | undefined;
  readonly flavors: readonly string[];
  readonly loader: string | undefined;
  /** Fields of flavors that name an architecture, as `flavor.field`. */
  readonly architecture: Readonly<Record<string, string>>;
  /** `metadata.model_card`. */
  readonly card: JsonValue | undefined;
  /** `metadata.semver`: a proposal. */
  readonly semver: string | undefined;
}

/** Fields of flavors that say what a model is, and not how it is packed. */
const ARCHITECTURE = [
  'model_class',
  'model_type',
  'task',
  'instance_type',
  'pipeline_model_type',
  'source_model_name',
  'model_loader_module',
];

/** @returns the facts of the text of an `MLmodel`, or nothing where it can't be read */
export function describeMlmodel(content: string | Uint8Array): MlmodelFacts | undefined {
  const read = readDocument(content, MLMODEL_LIMITS);
  if (!read.ok || !isObject(read.value)) return undefined;
  const { flavors, metadata, signature } = read.value;
  const named: JsonObject = isObject(flavors) ? flavors : {};
  const python = named.python_function;
  const loader = isObject(python) ? python.loader_module : undefined;
  const extra: JsonObject = isObject(metadata) ? metadata : {};
  return {
    signature,
    flavors: Object.keys(named).sort(),
    loader: typeof loader === 'string' ? loader : undefined,
    architecture: architectureOf(named),
    card: extra.model_card,
    semver: proposalIn(extra.semver),
  };
}

/** `semver: 2.0` is a number in YAML: it is refused, and not passed over in silence. */
const proposalIn = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

const architectureOf = (flavors: JsonObject): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(flavors).flatMap(([flavor, fields]) =>
      ARCHITECTURE.flatMap((field) => {
        const value = isObject(fields) ? fields[field] : undefined;
        return typeof value === 'string' ? [[`${flavor}.${field}`, value] as const] : [];
      }),
    ),
  );
