import { invalidParameter } from '../../errors.js';
import type { By, OperationTable } from '../../platform/http/operation.js';
import { checkNewAlias } from '../../registry/aliases/aliases.js';
import { parseVersion } from '../../registry/versions/versions.js';
import type { GateParts } from '../gate/gate-parts.js';
import { nextPage, readPage } from '../pages.js';
import type { RequestService } from './requests.service.js';
import type { RequestStatus, StoredRequest } from './requests.store.js';
import { approvalToWire, requestToWire } from './requests.wire.js';
import { targetOf } from './targets.js';

type Ids =
  | 'listPromotionRequests'
  | 'createPromotionRequest'
  | 'getPromotionRequest'
  | 'approvePromotionRequest'
  | 'rejectPromotionRequest'
  | 'cancelPromotionRequest';

const STATUSES = ['open', 'approved', 'rejected', 'cancelled', 'expired'] as const;

/** Requests for promotions over HTTP. */
export function requestOperations(
  parts: Pick<GateParts, 'database' | 'requests' | 'now'>,
  service: RequestService,
): OperationTable<Ids> {
  const { database, requests, now } = parts;
  /** Who may read a request is who may read its model, which the service finds out. */
  const rule = { access: 'login', of: 'server' } as const;
  const shown = async (request: StoredRequest, by: By) => {
    const isOpen = request.status === 'open' && request.expiresAt > now();
    const approvals = await requests.approvalsOf(database.read, [request.id]);
    return {
      request: {
        ...requestToWire(request, now()),
        available_actions: isOpen ? [...(await service.actionsFor(request, by))] : [],
        approvals: approvals.map(approvalToWire),
      },
    };
  };
  return {
    listPromotionRequests: {
      access: 'read',
      of: 'registered_model',
      handler: async ({ status, name, max_results, page_token }, { scope }) => {
        const { before, limit } = readPage(max_results, page_token);
        const rows = await requests.page(database.read, {
          ...{ status: statusOf(status), name: name || undefined, before, now: now(), limit },
          scope,
        });
        return {
          requests: rows.map((request) => requestToWire(request, now())),
          ...nextPage(rows, limit),
        };
      },
    },
    createPromotionRequest: {
      access: 'read',
      of: 'model_version',
      id: ({ name }) => name,
      handler: async ({ name, version, stage, alias, comment = '' }, by) => {
        const target = targetOf(stage, alias);
        if (alias) checkNewAlias(alias);
        const asked = { name, version: parseVersion(name, version), target, comment };
        return shown(await service.create(asked, by), by);
      },
    },
    getPromotionRequest: {
      ...rule,
      handler: async ({ request_id }, by) => shown(await service.readable(request_id, by), by),
    },
    approvePromotionRequest: {
      ...rule,
      handler: async ({ request_id, comment = '', archive_existing_versions }, by) => {
        await service.readable(request_id, by);
        const wish = { comment, archiveExisting: archive_existing_versions ?? false };
        return shown(await service.approve(request_id, wish, by), by);
      },
    },
    rejectPromotionRequest: {
      ...rule,
      handler: async ({ request_id, comment = '' }, by) => {
        await service.readable(request_id, by);
        return shown(await service.reject(request_id, comment, by), by);
      },
    },
    cancelPromotionRequest: {
      ...rule,
      handler: async ({ request_id, comment = '' }, by) => {
        await service.readable(request_id, by);
        return shown(await service.cancel(request_id, comment, by), by);
      },
    },
  };
}

function statusOf(text: string | undefined): RequestStatus | undefined {
  if (text === undefined || text === '') return undefined;
  const found = STATUSES.find((status) => status === text);
  if (found !== undefined) return found;
  throw invalidParameter(`'status' is one of ${STATUSES.join(', ')}, not '${text}'.`);
}
