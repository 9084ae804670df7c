import type { Clock } from '../../platform/clock.js';
import type { Database, Reader, Transaction } from '../../platform/db/database.js';
import type { By } from '../../platform/http/operation.js';
import { newHexId } from '../../platform/ids.js';
import type { Trail } from '../../platform/trail.js';
import type { ReviewedExperiments } from '../reviewed-experiments.js';
import { checkSameKind, type LabelInput } from './label-input.js';
import {
  checkInstruction,
  checkSchemaName,
  DEFAULT_SCHEMA,
  isFixed,
  type LabelSchema,
  type LabelSchemaChange,
  type LabelType,
  noSchema,
  noSchemaNamed,
  schemaTaken,
} from './label-schemas.js';
import type { LabelSchemaStore } from './label-schemas.store.js';

/** What a client says of a new label schema. */
export interface LabelSchemaRequest {
  readonly experimentId: string;
  readonly name: string;
  readonly type: LabelType;
  readonly input: LabelInput;
  readonly instruction: string | undefined;
  readonly enableComment: boolean;
}

export interface LabelSchemaServiceParts {
  readonly database: Database;
  readonly store: LabelSchemaStore;
  readonly experiments: ReviewedExperiments;
  readonly trail: Trail;
  readonly now: Clock;
}

/** Label schemas: the questions of an experiment, which review queues ask of traces. */
export class LabelSchemaService {
  readonly #parts: LabelSchemaServiceParts;

  constructor(parts: LabelSchemaServiceParts) {
    this.#parts = parts;
  }

  /** @throws MlflowError 404 when there is no such schema */
  async get(reader: Reader, schemaId: string): Promise<LabelSchema> {
    const schema = await this.#parts.store.find(reader, schemaId);
    if (schema === undefined) throw noSchema(schemaId);
    return schema;
  }

  /** @throws MlflowError 404 when there is no such experiment or schema */
  async named(experimentId: string, name: string): Promise<LabelSchema> {
    const { database, store, experiments } = this.#parts;
    const experiment = await experiments.active(database.read, experimentId);
    const schema = await store.named(database.read, experiment, name);
    if (schema === undefined) throw noSchemaNamed(name, experimentId);
    return schema;
  }

  /**
   * Lists the schemas of an experiment. It has its first one when somebody looks at them.
   *
   * @throws MlflowError 404 when there is no such experiment, or it is deleted
   */
  async list(experimentId: string, size: number, pageToken: string | undefined) {
    const { database, store, experiments, now } = this.#parts;
    const experiment = await experiments.active(database.read, experimentId);
    if (!(await store.hasDefault(database.read, experiment))) {
      await database.write(async (tx) => {
        await experiments.active(tx, experimentId);
        await store.insert(
          tx,
          newSchema({ ...DEFAULT_SCHEMA, is_default: true }, experiment, now()),
        );
      });
    }
    return store.page(experiment, size, pageToken);
  }

  /** @throws MlflowError 400 when the name is taken */
  async create(request: LabelSchemaRequest): Promise<LabelSchema> {
    const { database, store, experiments, now } = this.#parts;
    const { name, type, input, instruction, enableComment } = request;
    checkSchemaName(name);
    if (instruction !== undefined) checkInstruction(instruction);
    return database.write(async (tx) => {
      const experiment = await experiments.active(tx, request.experimentId);
      const wish = { name, type, input, enable_comment: enableComment, is_default: false };
      const schema = newSchema({ ...wish, instruction: instruction ?? null }, experiment, now());
      if (!(await store.insert(tx, schema))) throw schemaTaken(name, experiment);
      return schema;
    });
  }

  /**
   * @throws MlflowError 404 when there is no such schema, 400 for the one that nobody changes and
   *   for a name that is taken
   */
  async update(schemaId: string, change: LabelSchemaChange): Promise<LabelSchema> {
    const { database, store } = this.#parts;
    try {
      return await database.write((tx) => this.#update(tx, schemaId, change));
    } catch (error) {
      // Another has taken the name meanwhile.
      if (!database.dialect.isUniqueViolation(error)) throw error;
      const schema = await store.find(database.read, schemaId);
      throw schema ? schemaTaken(change.name ?? schema.name, schema.experiment_id) : error;
    }
  }

  /** Deletes a schema; there need be none. */
  delete(schemaId: string, by: By): Promise<void> {
    const { database, store, trail } = this.#parts;
    return database.write(async (tx) => {
      const schema = await store.lock(tx, schemaId);
      if (schema === undefined) return;
      if (schema.is_default) throw isFixed('deleted');
      await store.delete(tx, schemaId);
      const { name, type, experiment_id } = schema;
      await trail.record(tx, by, {
        action: 'label_schema.delete',
        object: { kind: 'label_schema', id: schemaId },
        before: { name, type, experiment_id },
      });
    });
  }

  async #update(
    tx: Transaction,
    schemaId: string,
    change: LabelSchemaChange,
  ): Promise<LabelSchema> {
    const { store, now } = this.#parts;
    const before = await store.lock(tx, schemaId);
    if (before === undefined) throw noSchema(schemaId);
    if (before.is_default) throw isFixed('edited');
    const {
      name = before.name,
      instruction = before.instruction,
      enable_comment = before.enable_comment,
      input = before.input,
    } = change;
    if (change.name !== undefined) checkSchemaName(name);
    if (change.instruction !== undefined) checkInstruction(change.instruction);
    checkSameKind(before.input, input);
    if (name !== before.name && (await store.named(tx, before.experiment_id, name))) {
      throw schemaTaken(name, before.experiment_id);
    }
    const last_update_time = now();
    const after = { ...before, name, instruction, enable_comment, input, last_update_time };
    await store.update(tx, after);
    return after;
  }
}

const newSchema = (
  wish: Pick<
    LabelSchema,
    'name' | 'type' | 'instruction' | 'enable_comment' | 'input' | 'is_default'
  >,
  experiment: number,
  time: number,
): LabelSchema => ({
  ...wish,
  schema_id: `ls-${newHexId()}`,
  experiment_id: experiment,
  created_by: null,
  created_time: time,
  last_update_time: time,
});
