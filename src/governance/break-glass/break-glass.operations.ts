import type { Clock } from '../../platform/clock.js';
import type { Database } from '../../platform/db/database.js';
import type { OperationTable } from '../../platform/http/operation.js';
import { reviewState } from '../evaluate/break-glass.js';
import { nextPage, readPage } from '../pages.js';
import type { BreakGlassService } from './break-glass.service.js';
import type { BreakGlassStore, StoredGrant } from './break-glass.store.js';

type Ids = 'breakGlass' | 'listBreakGlass' | 'reviewBreakGlass';

/** Emergencies over HTTP. */
export const breakGlassOperations = (
  { database, store, now }: { database: Database; store: BreakGlassStore; now: Clock },
  service: BreakGlassService,
): OperationTable<Ids> => ({
  breakGlass: {
    access: 'read',
    of: 'registered_model',
    id: ({ model }) => model,
    handler: async ({ model, reason, ticket, minutes }, by) => ({
      grant: toWire(await service.grant({ model, reason, ticket, minutes }, by), now()),
    }),
  },
  listBreakGlass: {
    access: 'read',
    of: 'registered_model',
    handler: async ({ max_results, page_token }, by) => {
      const { before, limit } = readPage(max_results, page_token);
      const rows = await store.page(database, { before, limit, scope: by.scope });
      const { declare, review } = await service.deedsOf(by);
      const grants = rows.map((grant) => ({
        ...toWire(grant, now()),
        available_actions: review(grant) ? ['REVIEW'] : [],
      }));
      return { grants, available_actions: declare ? ['DECLARE'] : [], ...nextPage(rows, limit) };
    },
  },
  reviewBreakGlass: {
    access: 'login',
    of: 'server',
    handler: async ({ grant_id, review }, by) => ({
      grant: toWire(await service.close(grant_id, review, by), now()),
    }),
  },
});

const toWire = (grant: StoredGrant, now: number) => {
  const { usedAt, reviewDueAt, reviewer, review, reviewedAt, principal } = grant;
  const use = { principal, usedAt: usedAt ?? now, reviewer: reviewer ?? undefined };
  return {
    grant_id: grant.id,
    model: grant.model,
    principal,
    reason: grant.reason,
    ticket: grant.ticket,
    creation_timestamp: grant.createdAt,
    expiration_timestamp: grant.expiresAt,
    review_state: usedAt === null && reviewer === null ? 'unused' : reviewState(use, now),
    ...(usedAt === null ? {} : { used_timestamp: usedAt }),
    ...(reviewDueAt === null ? {} : { review_due_timestamp: reviewDueAt }),
    ...(reviewer === null ? {} : { reviewer }),
    ...(review === null ? {} : { review }),
    ...(reviewedAt === null ? {} : { reviewed_timestamp: reviewedAt }),
  };
};
