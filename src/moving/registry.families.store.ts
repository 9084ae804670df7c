import type { BulkType } from '../platform/db/database.js';
import type { Family, Reference } from './family.js';
import { inItsWorkspace } from './workspaces.families.store.js';

const MODEL: Reference = {
  table: 'registered_models',
  by: { workspace: 'workspace', name: 'name' },
};
const OF_MODEL = {
  joins: 'join registered_models m on m.id = t.model',
  read: { workspace: 'm.workspace', name: 'm.name' },
};

const tags = (
  title: string,
  table: string,
  key: readonly string[],
  version: Readonly<Record<string, string>>,
): Family => ({
  title,
  source: {
    table,
    key: ['workspace', ...key],
    columns: {
      workspace: 'workspace',
      name: 'name',
      ...version,
      key: 'key',
      value: "coalesce(s.value, '')",
    },
  },
  adapt: inItsWorkspace,
  references: { model: MODEL },
  target: {
    table,
    key: ['model', ...Object.keys(version), 'key'],
    columns: {
      model: 'bigint',
      ...Object.fromEntries(Object.keys(version).map((name) => [name, 'bigint' as BulkType])),
      key: 'text',
      value: 'text',
    },
    ...OF_MODEL,
  },
});

/** Registered models and prompts with their versions, and webhooks. */
export const REGISTRY: readonly Family[] = [
  {
    title: 'registered models and prompts',
    source: {
      table: 'registered_models',
      key: ['workspace', 'name'],
      columns: {
        workspace: 'workspace',
        name: 'name',
        creation_timestamp: 'coalesce(s.creation_time, 0)',
        last_updated_timestamp: 'coalesce(s.last_updated_time, s.creation_time, 0)',
        description: 'description',
      },
    },
    adapt: inItsWorkspace,
    target: {
      table: 'registered_models',
      key: ['id'],
      columns: {
        workspace: 'text',
        name: 'text',
        creation_timestamp: 'bigint',
        last_updated_timestamp: 'bigint',
        description: 'text',
      },
    },
  },
  tags('tags of registered models', 'registered_model_tags', ['key', 'name'], {}),
  {
    title: 'versions',
    source: {
      table: 'model_versions',
      key: ['workspace', 'name', 'version'],
      columns: {
        workspace: 'workspace',
        name: 'name',
        version: 'version',
        creation_timestamp: 'coalesce(s.creation_time, 0)',
        last_updated_timestamp: 'coalesce(s.last_updated_time, s.creation_time, 0)',
        current_stage: "coalesce(s.current_stage, 'None')",
        description: 'description',
        source: "coalesce(s.source, '')",
        storage_location: "coalesce(s.storage_location, s.source, '')",
        run_id: "coalesce(s.run_id, '')",
        run_link: "coalesce(s.run_link, '')",
        status: "coalesce(s.status, 'READY')",
        status_message: 'status_message',
      },
    },
    adapt: inItsWorkspace,
    references: { model: MODEL },
    target: {
      table: 'model_versions',
      key: ['model', 'version'],
      columns: {
        model: 'bigint',
        version: 'bigint',
        creation_timestamp: 'bigint',
        last_updated_timestamp: 'bigint',
        current_stage: 'text',
        description: 'text',
        source: 'text',
        storage_location: 'text',
        run_id: 'text',
        run_link: 'text',
        status: 'text',
        status_message: 'text',
      },
      ...OF_MODEL,
    },
  },
  tags('tags of versions', 'model_version_tags', ['key', 'name', 'version'], {
    version: 'version',
  }),
  {
    title: 'aliases',
    source: {
      table: 'registered_model_aliases',
      key: ['workspace', 'alias', 'name'],
      columns: { workspace: 'workspace', name: 'name', alias: 'alias', version: 'version' },
    },
    adapt: inItsWorkspace,
    references: { model: MODEL },
    target: {
      table: 'registered_model_aliases',
      key: ['model', 'alias'],
      columns: { model: 'bigint', alias: 'text', version: 'bigint' },
      ...OF_MODEL,
    },
  },
  {
    title: 'webhooks',
    source: {
      table: 'webhooks',
      key: ['webhook_id'],
      where: 's.deleted_timestamp is null',
      columns: {
        webhook_id: 'webhook_id',
        workspace: 'workspace',
        name: 'name',
        description: 'description',
        url: 'url',
        // Without its secret it would sign nothing, and its receiver would refuse what comes.
        status: "case when s.secret is null then s.status else 'DISABLED' end",
        creation_timestamp: 'creation_timestamp',
        last_updated_timestamp: 'last_updated_timestamp',
      },
    },
    adapt: inItsWorkspace,
    target: {
      table: 'webhooks',
      key: ['id'],
      columns: {
        webhook_id: 'text',
        workspace: 'text',
        name: 'text',
        description: 'text',
        url: 'text',
        status: 'text',
        creation_timestamp: 'bigint',
        last_updated_timestamp: 'bigint',
      },
    },
  },
  {
    title: 'events of webhooks',
    source: {
      table: 'webhook_events',
      key: ['webhook_id', 'entity', 'action'],
      joins: 'join webhooks w on w.webhook_id = s.webhook_id and w.deleted_timestamp is null',
      columns: { webhook_id: 's.webhook_id', entity: 's.entity', action: 's.action' },
    },
    references: { webhook: { table: 'webhooks', by: { webhook_id: 'webhook_id' } } },
    target: {
      table: 'webhook_events',
      key: ['entity', 'action', 'webhook'],
      columns: { entity: 'text', action: 'text', webhook: 'bigint' },
      joins: 'join webhooks w on w.id = t.webhook',
      read: { webhook_id: 'w.webhook_id' },
    },
  },
];
