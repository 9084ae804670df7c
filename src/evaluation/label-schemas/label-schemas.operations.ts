import type { Database } from '../../platform/db/database.js';
import type { OperationTable } from '../../platform/http/operation.js';
import { checkPageSize } from '../page-size.js';
import { inputToWire, readInput } from './label-input.js';
import { checkType, type LabelSchema } from './label-schemas.js';
import type { LabelSchemaService } from './label-schemas.service.js';

type Ids =
  | 'createLabelSchema'
  | 'getLabelSchema'
  | 'getLabelSchemaByName'
  | 'listLabelSchemas'
  | 'updateLabelSchema'
  | 'deleteLabelSchema';

/** Label schemas. Questions are for whoever manages an experiment to put. */
export const labelSchemaOperations = (
  database: Database,
  service: LabelSchemaService,
): OperationTable<Ids> => ({
  createLabelSchema: {
    access: 'manage',
    of: 'experiment',
    id: ({ experiment_id }) => experiment_id,
    handler: async (input) => ({
      label_schema: schemaToWire(
        await service.create({
          experimentId: input.experiment_id,
          name: input.name,
          type: checkType(input.type),
          input: readInput(input.input),
          instruction: input.instruction,
          enableComment: input.enable_comment ?? false,
        }),
      ),
    }),
  },
  getLabelSchema: {
    access: 'read',
    of: 'label_schema',
    id: ({ schema_id }) => schema_id,
    handler: async ({ schema_id }) => ({
      label_schema: schemaToWire(await service.get(database.read, schema_id)),
    }),
  },
  getLabelSchemaByName: {
    access: 'read',
    of: 'experiment',
    id: ({ experiment_id }) => experiment_id,
    handler: async ({ experiment_id, name }) => ({
      label_schema: schemaToWire(await service.named(experiment_id, name)),
    }),
  },
  listLabelSchemas: {
    access: 'read',
    of: 'experiment',
    id: ({ experiment_id }) => experiment_id,
    handler: async ({ experiment_id, max_results, page_token }) => {
      const size = checkPageSize(max_results);
      const { schemas, token = '' } = await service.list(experiment_id, size, page_token);
      return {
        ...(schemas.length > 0 ? { label_schemas: schemas.map(schemaToWire) } : {}),
        next_page_token: token,
      };
    },
  },
  updateLabelSchema: {
    access: 'manage',
    of: 'label_schema',
    id: ({ schema_id }) => schema_id,
    handler: async ({ schema_id, name, instruction, enable_comment, input }) => ({
      label_schema: schemaToWire(
        await service.update(schema_id, {
          ...{ name, instruction, enable_comment },
          input: input && readInput(input),
        }),
      ),
    }),
  },
  deleteLabelSchema: {
    access: 'manage',
    of: 'label_schema',
    id: ({ schema_id }) => schema_id,
    handler: async ({ schema_id }, by) => {
      await service.delete(schema_id, by);
      return {};
    },
  },
});

const schemaToWire = (schema: LabelSchema) => ({
  schema_id: schema.schema_id,
  experiment_id: String(schema.experiment_id),
  name: schema.name,
  type: schema.type,
  ...(schema.instruction === null ? {} : { instruction: schema.instruction }),
  enable_comment: schema.enable_comment,
  input: inputToWire(schema.input),
  ...(schema.created_by === null ? {} : { created_by: schema.created_by }),
  created_at: schema.created_time,
  last_updated_at: schema.last_update_time,
  is_default: schema.is_default,
});
