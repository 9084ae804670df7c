import { invalidParameter, type MlflowError, notFound } from '../../errors.js';
import { checkLength } from '../../platform/rules/names.js';
import {
  isList,
  isNumber,
  isObject,
  member,
  parseTagged,
  type TaggedJson,
  type TaggedObject,
} from '../../platform/tagged-json.js';

/** A version of a scorer; times in ms since the epoch. */
export interface ScorerVersion {
  readonly scorer_id: string;
  readonly experiment_id: number;
  readonly name: string;
  readonly version: number;
  /** JSON, as it was sent. */
  readonly serialized_scorer: string;
  readonly creation_time: number;
}

/** How permissions name a scorer, which has no id that is known to users: as Python's URLs have it. */
export const scorerKey = (experimentId: string, name: string): string =>
  `${experimentId}/${encodeURIComponent(name).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )}`;

const MAX_NAME = 255;
const MAX_SERIALIZED = 1_000_000;

/** @throws MlflowError 400 in MLflow's wording */
export function checkScorerName(name: string): void {
  if (name.trim() === '') {
    throw invalidParameter('Scorer name cannot be empty or contain only whitespace.');
  }
  checkLength(name, 'name', MAX_NAME);
}

/**
 * What is registered is read and never run. Code is refused all the same: clients that load a
 * scorer would run it.
 *
 * @throws MlflowError 400, or 404 for a model behind a gateway, which there is none of
 */
export function checkSerializedScorer(json: string): void {
  checkLength(json, 'serialized_scorer', MAX_SERIALIZED);
  const scorer = parseTagged(json, 'serialized_scorer');
  if (!isObject(scorer)) throw invalidParameter('serialized_scorer must be a JSON object');
  if (hasCode(scorer)) {
    throw invalidParameter(
      'Scorers made of code, as by the decorator @scorer, are not registered: whoever loads ' +
        'one runs what somebody else has written. Keep their code in a repository.',
    );
  }
  checkModel(modelOf(scorer));
}

function hasCode(value: TaggedJson): boolean {
  if (isList(value)) return value.some(hasCode);
  if (!isObject(value)) return false;
  return (member(value, 'call_source') ?? null) !== null || Object.values(value).some(hasCode);
}

/** Where the kinds of scorers keep the name of their language model. */
const MODEL_OWNERS = ['instructions_judge_pydantic_data', 'builtin_scorer_pydantic_data'] as const;

function modelOf(scorer: TaggedObject): TaggedJson {
  for (const owner of MODEL_OWNERS) {
    const data = partOf(scorer, owner);
    if (data !== undefined) return member(data, 'model') ?? null;
  }
  const memory = partOf(scorer, 'memory_augmented_judge_data');
  if (memory !== undefined) return modelOf(partOf(memory, 'base_judge') ?? {});
  const foreign = partOf(scorer, 'third_party_scorer_data');
  return (foreign && member(foreign, 'model')) ?? null;
}

/** A part that is there and not empty. */
function partOf(scorer: TaggedObject, name: string): TaggedObject | undefined {
  const part = member(scorer, name) ?? null;
  if (part === null) return undefined;
  if (!isObject(part)) throw invalidParameter(`${name} must be a JSON object`);
  return Object.keys(part).length > 0 ? part : undefined;
}

const GATEWAY = /^gateway:\/+(.+)$/s;

function checkModel(model: TaggedJson): void {
  if (model === null) return;
  if (typeof model !== 'string' || isNumber(model)) {
    throw invalidParameter('Scorer model must be a string.');
  }
  const name = model.slice(1);
  if (name.trim() === '') {
    throw invalidParameter('Scorer model cannot be empty or contain only whitespace.');
  }
  const endpoint = GATEWAY.exec(name)?.[1];
  if (endpoint !== undefined) throw notFound(`GatewayEndpoint not found (name='${endpoint}')`);
}

export const noScorer = (name: string, experimentId: string, version?: number): MlflowError =>
  notFound(
    `Scorer with name '${name}'${version === undefined ? '' : ` and version ${version}`} ` +
      `not found for experiment ${experimentId}.`,
  );
