import { nextPage, readPage } from '../governance/pages.js';
import type { OperationTable } from '../platform/http/operation.js';
import type { AlertService } from './alerts.service.js';
import type { AlertStore, StoredAlert } from './alerts.store.js';

type Ids = 'listAlerts' | 'acknowledgeAlert';

/** What somebody has to look at, over HTTP. */
export const alertOperations = (
  alerts: AlertStore,
  service: AlertService,
): OperationTable<Ids> => ({
  listAlerts: {
    access: 'read',
    of: 'registered_model',
    handler: async ({ kind, model, acknowledged, max_results, page_token }, { scope }) => {
      const { before, limit } = readPage(max_results, page_token);
      const rows = await alerts.page({
        ...{ kind: kind || undefined, model: model || undefined, acknowledged },
        ...{ before, limit, scope },
      });
      return { alerts: rows.map(toWire), ...nextPage(rows, limit) };
    },
  },
  acknowledgeAlert: {
    access: 'login',
    of: 'server',
    handler: async ({ alert_id, note = '' }, by) => ({
      alert: toWire(await service.acknowledge(alert_id, note, by)),
    }),
  },
});

const toWire = (alert: StoredAlert) => {
  const { model, version, actor, acknowledgedBy, acknowledgedAt, note } = alert;
  return {
    alert_id: alert.id,
    kind: alert.kind,
    ...(model === null ? {} : { model }),
    ...(version === null ? {} : { version: String(version) }),
    ...(actor === null ? {} : { actor }),
    summary: alert.summary,
    details: JSON.parse(alert.details) as Record<string, unknown>,
    occurrences: alert.occurrences,
    creation_timestamp: alert.createdAt,
    last_timestamp: alert.lastAt,
    ...(acknowledgedBy === null ? {} : { acknowledged_by: acknowledgedBy }),
    ...(acknowledgedAt === null ? {} : { acknowledged_timestamp: acknowledgedAt }),
    ...(note === null || note === '' ? {} : { note }),
  };
};
