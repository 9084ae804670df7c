import { invalidParameter, MlflowError, notFound } from '../errors.js';
import { checkMayWrite } from '../governance/writing-tokens.js';
import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/db/database.js';
import type { By } from '../platform/http/operation.js';
import type { Trail } from '../platform/trail.js';
import type { AlertStore, StoredAlert } from './alerts.store.js';
import type { Allows } from './subscriptions.service.js';

export interface AlertServiceParts {
  readonly database: Database;
  readonly alerts: AlertStore;
  readonly allows: Allows;
  readonly trail: Trail;
  readonly now: Clock;
}

const MAX_NOTE = 5_000;

/** Says of alerts that somebody has looked at them. */
export class AlertService {
  readonly #parts: AlertServiceParts;

  constructor(parts: AlertServiceParts) {
    this.#parts = parts;
  }

  /** Who has caused an alert does not put it away himself. */
  async acknowledge(id: string, note: string, by: By): Promise<StoredAlert> {
    const { database, alerts, trail, now } = this.#parts;
    const { caller } = by;
    checkMayWrite(by);
    if (note.length > MAX_NOTE) {
      throw invalidParameter(`'note' has at most ${MAX_NOTE} characters.`);
    }
    const found = await alerts.find(database.read, id);
    if (found === undefined || !(await this.#may(found, by, 'read'))) throw noAlert(id);
    const isOwn = found.actor === caller.name && caller.method !== 'nobody';
    if (isOwn || !(await this.#may(found, by, 'edit'))) {
      throw new MlflowError(
        'PERMISSION_DENIED',
        isOwn
          ? `'${caller.name}' has caused this alert: somebody else acknowledges it.`
          : `'${caller.name}' may not acknowledge alerts of this model.`,
        { errorClass: ['KAM00', isOwn ? 'SEPARATION_OF_DUTIES' : 'PERMISSION_DENIED'] },
      );
    }
    const done = await database.write(async (tx) => {
      if (!(await alerts.acknowledge(tx, id, caller.name, note, now()))) {
        throw invalidParameter(`The alert '${id}' has been acknowledged already.`);
      }
      await trail.record(tx, by, {
        action: 'alert.acknowledge',
        object: { kind: 'alert', id },
        after: { kind: found.kind, model: found.model, version: found.version },
        ...(note === '' ? {} : { reason: note }),
      });
      return alerts.find(tx, id);
    });
    return done ?? found;
  }

  async #may({ model }: StoredAlert, { caller }: By, access: 'read' | 'edit'): Promise<boolean> {
    if (caller.isAdmin) return true;
    // What is about no model is the business of those who see everything.
    if (model === null) {
      return this.#parts.allows(caller, { access: 'audit', of: 'server', id: '' });
    }
    return this.#parts.allows(caller, { access, of: 'registered_model', id: model });
  }
}

const noAlert = (id: string): MlflowError =>
  notFound(`There is no alert with the id '${id.slice(0, 64)}'.`);
