import type { RegistryEvent } from '../registry/registry-events.js';
import type { Tag } from '../registry/tags.js';
import type { Action, Entity } from './events.js';

/** What an event of the registry is to webhooks; a prompt is another entity, or the only one. */
interface Meaning {
  readonly action: Action;
  readonly ofModel: Entity | undefined;
  readonly ofPrompt: Entity;
}

export const MEANINGS: Readonly<Record<RegistryEvent['kind'], Meaning>> = {
  'model created': { action: 'created', ofModel: 'registered_model', ofPrompt: 'prompt' },
  'version created': { action: 'created', ofModel: 'model_version', ofPrompt: 'prompt_version' },
  'model tag set': { action: 'set', ofModel: undefined, ofPrompt: 'prompt_tag' },
  'model tag deleted': { action: 'deleted', ofModel: undefined, ofPrompt: 'prompt_tag' },
  'version tag set': {
    action: 'set',
    ofModel: 'model_version_tag',
    ofPrompt: 'prompt_version_tag',
  },
  'version tag deleted': {
    action: 'deleted',
    ofModel: 'model_version_tag',
    ofPrompt: 'prompt_version_tag',
  },
  'alias set': { action: 'created', ofModel: 'model_version_alias', ofPrompt: 'prompt_alias' },
  'alias deleted': { action: 'deleted', ofModel: 'model_version_alias', ofPrompt: 'prompt_alias' },
};

const TEXT = 'mlflow.prompt.text';
/** Tags by which MLflow keeps what a prompt is; receivers are spared them. */
const OF_PROMPTS: readonly string[] = ['mlflow.prompt.is_prompt', '_mlflow_prompt_type', TEXT];

/** @returns what receivers are told of an event, in MLflow's words and order */
export function payloadOf(
  event: RegistryEvent,
  isPrompt: boolean,
): Readonly<Record<string, unknown>> {
  const { name } = event;
  switch (event.kind) {
    case 'model created':
      return { name, tags: tagsOf(event.tags, isPrompt), description: event.description };
    case 'version created': {
      const version = String(event.version);
      const tags = tagsOf(event.tags, isPrompt);
      const description = event.description || null;
      if (!isPrompt) {
        const { source, runId } = event;
        return { name, version, source, run_id: runId || null, tags, description };
      }
      const template = event.tags.find(({ key }) => key === TEXT)?.value ?? null;
      return { name, version, template, tags, description };
    }
    case 'model tag set':
      return { name, key: event.key, value: event.value };
    case 'model tag deleted':
      return { name, key: event.key };
    case 'version tag set':
      return { name, version: String(event.version), key: event.key, value: event.value };
    case 'version tag deleted':
      return { name, version: String(event.version), key: event.key };
    case 'alias set':
      return { name, alias: event.alias, version: String(event.version) };
    case 'alias deleted':
      return { name, alias: event.alias };
  }
}

const tagsOf = (tags: readonly Tag[], isPrompt: boolean): Record<string, string> =>
  Object.fromEntries(
    tags
      .filter(({ key }) => !isPrompt || !OF_PROMPTS.includes(key))
      .map(({ key, value }) => [key, value]),
  );
