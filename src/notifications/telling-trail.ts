import type { GovernanceEvent, GovernanceEvents } from '../governance/events/governance-events.js';
import type { Reader, Transaction } from '../platform/db/database.js';
import type { By } from '../platform/http/operation.js';
import { together } from '../platform/together.js';
import type { Deed, Trail } from '../platform/trail.js';
import type { SubscriptionStore } from './subscriptions.store.js';

export interface TellingTrailParts {
  readonly trail: Trail;
  readonly events: GovernanceEvents;
  readonly subscriptions: Pick<SubscriptionStore, 'renamed'>;
  /** Whether a name is that of a prompt; prompts are texts, which nobody governs. */
  readonly isPrompt: (reader: Reader, name: string) => Promise<boolean>;
}

/** Hears of the registry's deeds in their transactions, and tells of them. */
export class TellingTrail implements Trail {
  readonly #parts: TellingTrailParts;

  constructor(parts: TellingTrailParts) {
    this.#parts = parts;
  }

  async record(tx: Transaction, by: By, deed: Deed): Promise<void> {
    const { trail, events, subscriptions, isPrompt } = this.#parts;
    const event = eventOf(deed);
    if (event?.model === undefined) return trail.record(tx, by, deed);
    const { model } = event;
    const actor = by.caller.name;
    if (event.kind === 'registered_model.renamed') {
      await subscriptions.renamed(tx, String(event.data?.from), model);
    }
    const summary = `${event.summary} by ${actor}.`;
    const told: GovernanceEvent = {
      kind: event.kind,
      model,
      version: event.version,
      actor,
      summary,
      data: event.data,
      isPrompt: () => isPrompt(tx, model),
    };
    // Whoever appends to the audit log holds its end until the commit, and most often nobody is told.
    await together(events.emit(tx, told), trail.record(tx, by, deed));
  }
}

/** @returns what a deed is to those who are told; undefined where nobody wants to hear of it */
function eventOf({ action, object, before, after }: Deed): GovernanceEvent | undefined {
  const end = object.id.lastIndexOf('/');
  const owner = object.id.slice(0, end);
  const version = Number(object.id.slice(end + 1));
  const [was, is] = [asObject(before), asObject(after)];
  switch (action) {
    case 'registered_model.create':
      return {
        kind: 'registered_model.created',
        model: object.id,
        data: is,
        summary: `Registered model '${object.id}' was created`,
      };
    case 'registered_model.delete':
      return {
        kind: 'registered_model.deleted',
        model: object.id,
        summary: `Registered model '${object.id}' was deleted`,
      };
    case 'registered_model.rename':
      return {
        kind: 'registered_model.renamed',
        model: String(is.name),
        data: { from: was.name },
        summary: `Registered model '${object.id}' was renamed to '${is.name}'`,
      };
    case 'registered_model.set_tag':
      return {
        kind: 'registered_model_tag.set',
        model: object.id,
        data: is,
        summary: `Tag '${is.key}' of registered model '${object.id}' was set`,
      };
    case 'registered_model.delete_tag':
      return {
        kind: 'registered_model_tag.deleted',
        model: object.id,
        data: { key: was.key },
        summary: `Tag '${was.key}' of registered model '${object.id}' was deleted`,
      };
    case 'model_version.create':
      return {
        kind: 'model_version.created',
        model: owner,
        version,
        data: is,
        summary: `Registered model '${owner}' version ${version} was created`,
      };
    case 'model_version.delete':
      return {
        kind: 'model_version.deleted',
        model: owner,
        version,
        summary: `Registered model '${owner}' version ${version} was deleted`,
      };
    case 'model_version.set_tag':
      return {
        kind: 'model_version_tag.set',
        model: owner,
        version,
        data: is,
        summary: `Tag '${is.key}' of registered model '${owner}' version ${version} was set`,
      };
    case 'model_version.delete_tag':
      return {
        kind: 'model_version_tag.deleted',
        model: owner,
        version,
        data: { key: was.key },
        summary: `Tag '${was.key}' of registered model '${owner}' version ${version} was deleted`,
      };
    case 'registered_model_alias.set': {
      const [model, alias] = splitAlias(object.id);
      const to = Number(is.version);
      return {
        kind: 'model_alias.set',
        model,
        version: to,
        data: { alias, before: was.version },
        summary: `Alias '${alias}' of registered model '${model}' was set to version ${to}`,
      };
    }
    case 'registered_model_alias.delete': {
      const [model, alias] = splitAlias(object.id);
      return {
        kind: 'model_alias.deleted',
        model,
        data: { alias, before: was.version },
        summary: `Alias '${alias}' of registered model '${model}' was deleted`,
      };
    }
    default:
      return undefined;
  }
}

const asObject = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

/** An alias has no `@`; the name of a model may have one. */
function splitAlias(id: string): readonly [model: string, alias: string] {
  const end = id.lastIndexOf('@');
  return [id.slice(0, end), id.slice(end + 1)];
}
