import { isInside, realPlace } from '../../artifacts/backends/containment.js';
import { foreignHost, foreignHostScheme, type HostSettings } from '../../artifacts/host-policy.js';
import { type Location, parseLocation } from '../../artifacts/location.js';
import { parseUri } from '../../artifacts/parse-uri.js';
import { resolveLocal } from '../../artifacts/uri.js';
import { invalidParameter, type MlflowError, notFound } from '../../errors.js';
import type { Reader } from '../../platform/db/database.js';
import type { Workspaced } from '../../platform/db/workspace.js';
import { checkAlias, meansLatest, noAlias } from '../aliases/aliases.js';
import { checkModelName, noModel } from '../models/models.js';
import { findPromptTag, findRunUri, findSourceModel } from './source-rules.store.js';
import {
  isPlainAbsolute,
  isProxied,
  isWithin,
  type ModelUri,
  parseModelUri,
} from './source-uris.js';
import { type ModelVersion, noVersion, parseStage, parseVersion } from './versions.js';
import type { VersionSourceRules } from './versions.service.js';
import type { VersionStore } from './versions.store.js';

export interface SourceSettings extends HostSettings {
  /** Every source must match it somewhere. */
  readonly sourceValidationRegex: RegExp | undefined;
}

type Request = Parameters<VersionSourceRules['resolve']>[1];
type Resolved = Awaited<ReturnType<VersionSourceRules['resolve']>>;
type Sender = 'run_id' | 'model_id';

/** What clients write where a prompt has no files. */
const PROMPT_PLACEHOLDERS = ['dummy-source', 'prompt-template'];

/**
 * What a new version may be made of. A source that the server itself could be made to read lies
 * with the run or logged model that the request names, and is resolved here once: what is stored
 * is what is read, in no other spelling.
 */
export class SourceRules implements VersionSourceRules {
  readonly #settings: SourceSettings;
  readonly #versions: VersionStore;
  readonly #here: Workspaced;

  constructor(settings: SourceSettings, versions: VersionStore, here: Workspaced) {
    this.#settings = settings;
    this.#versions = versions;
    this.#here = here;
  }

  async resolve(tx: Reader, request: Request): Promise<Resolved> {
    const { source, isPrompt } = request;
    const pattern = this.#settings.sourceValidationRegex;
    if (pattern && !pattern.test(source)) throw invalidSource(source);
    if (isPrompt && !PROMPT_PLACEHOLDERS.includes(source)) throw notPlaceholder(source);
    const foreign = foreignHostScheme(source, this.#settings);
    if (foreign !== undefined) throw foreignHost('source', foreign);
    const asSent = { source, storageLocation: source, runId: request.runId ?? '' };
    if (isPrompt) return asSent;

    const { scheme } = parseUri(source);
    const model = scheme === 'models' ? modelUri(source) : undefined;
    if (model && model.kind !== 'logged model') return this.#copy(tx, request, model);
    if (scheme === '' || scheme === 'file') {
      await checkLocal(tx, request);
      return { ...asSent, storageLocation: resolveLocal(source) };
    }
    if (!isPlainAbsolute(source)) throw notAbsolute(source);
    if (model) return ofLoggedModel(tx, request, model.id);
    if (scheme === 'runs') checkRunUri(request);
    else if (isProxied(source)) await checkProxied(tx, request);
    return asSent;
  }

  /** A copy of a version goes where the version goes, and names it by its number. */
  async #copy(
    tx: Reader,
    { source, runId, modelId }: Request,
    uri: Exclude<ModelUri, { kind: 'logged model' }>,
  ): Promise<Resolved> {
    checkModelName(uri.name);
    const isPrompt = await findPromptTag(tx, this.#here, uri.name);
    if (isPrompt === undefined) throw noModel(uri.name);
    if (isPrompt) {
      throw invalidSource(source, 'Prompt versions cannot be used as model version sources.');
    }
    const { name, version, run_id } = await this.#find(tx, uri);
    // A version keeps no model_id, so every one that is sent differs.
    if ((runId !== undefined && runId !== run_id) || modelId) {
      throw invalidSource(
        source,
        'The run_id and model_id request parameters must match the referenced model version.',
      );
    }
    const location = await this.#versions.location(tx, name, version);
    if (location === undefined) throw noVersion(name, version);
    return { source: `models:/${name}/${version}`, storageLocation: location, runId: run_id };
  }

  async #find(tx: Reader, uri: Exclude<ModelUri, { kind: 'logged model' }>): Promise<ModelVersion> {
    const { name } = uri;
    if (uri.kind === 'alias') {
      if (meansLatest(uri.alias)) {
        const newest = await this.#versions.findNewest(tx, name);
        if (newest === undefined) throw notFound(`Latest version not found for model ${name}.`);
        return newest;
      }
      checkAlias(uri.alias);
      const found = await this.#versions.findByAlias(tx, name, uri.alias);
      if (found === undefined) throw noAlias(uri.alias);
      return found;
    }
    if (/^\d+$/.test(uri.suffix)) {
      const number = parseVersion(name, uri.suffix);
      const found = await this.#versions.find(tx, name, number);
      if (found === undefined) throw noVersion(name, number);
      return found;
    }
    if (meansLatest(uri.suffix)) {
      const newest = await this.#versions.findNewest(tx, name);
      if (newest === undefined) throw notFound(`No versions of model with name '${name}' found`);
      return newest;
    }
    const stage = parseStage(uri.suffix);
    const latest = await this.#versions.latest(tx, name);
    const found = latest.find((version) => version.current_stage === stage);
    if (found !== undefined) return this.#find(tx, { ...uri, suffix: String(found.version) });
    throw notFound(`No versions of model with name '${name}' and stage '${uri.suffix}' found`);
  }
}

const senderOf = ({ modelId }: Request): Sender => (modelId ? 'model_id' : 'run_id');

function modelUri(source: string): ModelUri {
  if (parseUri(source).authority) {
    throw invalidSource(source, 'Registered model sources must use the active model registry.');
  }
  const uri = parseModelUri(source);
  if (uri === undefined) throw notOfSender(source, 'model_id');
  return uri;
}

/** @throws MlflowError 400 unless the path lies in the local folder of the named run or model */
async function checkLocal(tx: Reader, request: Request): Promise<void> {
  const { source } = request;
  const sender = senderOf(request);
  const root = await rootOf(tx, request);
  const location = root === undefined ? undefined : parseLocation(source);
  if (root === undefined || location?.kind !== 'local') throw notInFolder(source, sender);
  const place = await realPlace(location.path).catch(() => location.path);
  const folder = await realFolder(parseLocation(root));
  if (folder !== undefined && isInside(folder, place)) return;
  // Not where links lead, nor in which folder the server runs.
  throw notInFolder(location.isRelative ? source : location.path, sender);
}

const realFolder = async (root: Location): Promise<string | undefined> =>
  root.kind === 'local' ? realPlace(root.path).catch(() => undefined) : undefined;

/** `runs:/<id>/path` needs no look at the run, but it must be the one that is named. */
function checkRunUri(request: Request): void {
  const { source, runId } = request;
  const sender = senderOf(request);
  const { authority, query, fragment } = parseUri(source);
  if (sender === 'model_id' || authority) throw notOfSender(source, sender);
  const location = parseLocation(source);
  if (!runId || location.kind !== 'run' || location.runId !== runId) {
    throw notOfSender(source, 'run_id');
  }
  if (query !== undefined || fragment !== undefined) throw notAbsolute(source);
}

async function checkProxied(tx: Reader, request: Request): Promise<void> {
  const { source } = request;
  const { query, fragment } = parseUri(source);
  const root = await rootOf(tx, request);
  if (root === undefined || !isWithin(source, root)) throw notOfSender(source, senderOf(request));
  if (query !== undefined || fragment !== undefined) throw notAbsolute(source);
}

async function ofLoggedModel(tx: Reader, request: Request, id: string): Promise<Resolved> {
  const { source, modelId, runId } = request;
  if (modelId !== id) throw notOfSender(source, 'model_id');
  const model = await findSourceModel(tx, id);
  if (model === undefined) throw notFound(`Logged model with ID '${id}' not found.`);
  return { source, storageLocation: model.artifact_uri, runId: runId || model.source_run_id };
}

/**
 * @returns the artifact location of what the request names; undefined when it names nothing
 * @throws MlflowError 400 when there is no such run or model
 */
async function rootOf(tx: Reader, request: Request): Promise<string | undefined> {
  const { source, runId, modelId } = request;
  if (!modelId && !runId) return undefined;
  const root = modelId
    ? (await findSourceModel(tx, modelId))?.artifact_uri
    : await findRunUri(tx, runId ?? '');
  if (root === undefined) throw notOfSender(source, senderOf(request));
  return root;
}

const invalidSource = (source: string, reason = ''): MlflowError =>
  invalidParameter(`Invalid model version source: '${source}'.${reason && ` ${reason}`}`);

const notPlaceholder = (source: string): MlflowError =>
  invalidParameter(
    `Invalid prompt source: '${source}'. Prompt sources must use an MLflow placeholder.`,
  );

const notOfSender = (source: string, sender: Sender): MlflowError =>
  invalidSource(
    source,
    `The ${sender} request parameter must identify the resource that contains the source.`,
  );

const notInFolder = (source: string, sender: Sender): MlflowError =>
  invalidSource(
    source,
    `To use a local path as a model version source, the ${sender} request parameter has to be ` +
      'specified and the local path has to be contained within the artifact directory of the ' +
      `run specified by the ${sender}.`,
  );

const notAbsolute = (source: string): MlflowError =>
  invalidSource(
    source,
    'If supplying a source as an http, https, local file path, ftp, objectstore, or ' +
      'mlflow-artifacts uri, an absolute path must be provided without relative path references ' +
      'present. Please provide an absolute path.',
  );
