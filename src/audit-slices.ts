import { AuditStore } from './audit/audit.store.js';
import { AuditTrail } from './audit/audit-trail.js';
import { Checkpointer, type Publish } from './audit/checkpointer.js';
import { Proofs } from './audit/proofs.js';
import type { Sealing } from './audit/signing-key.js';
import { badRequest } from './errors.js';
import type { Clock } from './platform/clock.js';
import type { Config } from './platform/config/config.js';
import type { Database } from './platform/db/database.js';
import { createLog, type Log } from './platform/log.js';
import { WebhookSecrets } from './webhooks/secrets.js';

export type AuditSlices = ReturnType<typeof auditSlices>;

/** Who is told of what there is to do for the audit log. */
export interface AuditBells {
  /** There are enough new entries to sign. */
  readonly due?: (() => void) | undefined;
  /** Entries wait for their places. */
  readonly waiting?: (() => void) | undefined;
}

/** Every `new` of the audit log. */
export function auditSlices(
  config: Config,
  database: Database,
  now: Clock,
  bells: AuditBells = {},
) {
  const store = new AuditStore(database);
  return {
    ...{ database, store },
    trail: new AuditTrail({ database, store, now, ...bells }),
    checkpointer: checkpointer(config, database, { log: createLog('silent'), now, publish: [] }),
    proofs: new Proofs(database, store),
  };
}

/** Who signs the log, and where what is signed goes. */
export function checkpointer(
  config: Config,
  database: Database,
  { log, now, publish }: { log: Log; now: Clock; publish: readonly Publish[] },
): Checkpointer {
  const store = new AuditStore(database);
  const file = config.audit.keyFile;
  return new Checkpointer({ database, store, sealing: sealing(config), file, now, log, publish });
}

/** The signing key is encrypted with what the secrets of webhooks are. */
function sealing({ webhooks }: Config): Sealing {
  const secrets = new WebhookSecrets(webhooks);
  return {
    encrypt: async (text, owner) => {
      if (webhooks.secretKeys.length > 0 || webhooks.keyFile !== undefined) {
        return secrets.encrypt(text, owner);
      }
      throw badRequest(
        'The audit log can have no signing key yet: start the server with --audit-key or ' +
          'MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY, the same for all servers of this database.',
      );
    },
    decrypt: (sealed, owner) => secrets.decrypt(sealed, owner),
  };
}
