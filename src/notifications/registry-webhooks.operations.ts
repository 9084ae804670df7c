import { invalidParameter, MlflowError } from '../errors.js';
import { nextPage, readPage } from '../governance/pages.js';
import type { Input, OperationTable } from '../platform/http/operation.js';
import type { DeliveryService } from './deliveries.service.js';
import { withoutPassword } from './subscription-entry.js';
import type { Subscription } from './subscriptions.js';
import { oneOf, statusOf } from './subscriptions.operations.js';
import type { SubscriptionService } from './subscriptions.service.js';
import type { SubscriptionStore } from './subscriptions.store.js';
import { DATABRICKS_EVENTS } from './topics.js';

type Ids =
  | 'createRegistryWebhook'
  | 'listRegistryWebhooks'
  | 'updateRegistryWebhook'
  | 'deleteRegistryWebhook'
  | 'testRegistryWebhook';

type Target = Input<'updateRegistryWebhook'>['http_url_spec'];

/** Webhooks of the registry as the Databricks API has them. */
export function registryWebhookOperations(
  store: SubscriptionStore,
  service: SubscriptionService,
  deliveries: DeliveryService,
): OperationTable<Ids> {
  const rule = { access: 'login', of: 'server' } as const;
  return {
    createRegistryWebhook: {
      ...rule,
      handler: async ({ events, http_url_spec, model_name = '', ...given }, by) => {
        refuseJobs(given.job_spec);
        if (http_url_spec === undefined || !http_url_spec.url) {
          throw invalidParameter("A registry webhook needs 'http_url_spec' with a 'url'.");
        }
        const made = await service.create(
          'databricks',
          {
            ...{ events, modelPattern: model_name, description: given.description ?? '' },
            status: given.status ? statusOf(given.status) : 'ACTIVE',
            url: http_url_spec.url,
            recipients: [],
            verifyTls: http_url_spec.enable_ssl_verification ?? true,
            secret: http_url_spec.secret,
            authorization: http_url_spec.authorization,
          },
          by,
        );
        return { webhook: toWire(made) };
      },
    },
    listRegistryWebhooks: {
      ...rule,
      handler: async ({ model_name = '', events = [], max_results, page_token }, by) => {
        const { before, limit } = readPage(max_results, page_token);
        events.forEach((event) => {
          oneOf('events', event, DATABRICKS_EVENTS);
        });
        if (!(await service.managesModel(by, model_name))) {
          throw new MlflowError(
            'PERMISSION_DENIED',
            model_name === ''
              ? 'Only an administrator may list the webhooks of all models: name a model_name.'
              : `'${by.caller.name}' does not manage the model '${model_name}'.`,
          );
        }
        const rows = await store.page({
          ...{ isDatabricks: true, before, limit, events },
          modelPattern: model_name === '' ? undefined : model_name,
        });
        return { webhooks: rows.map(toWire), ...nextPage(rows, limit) };
      },
    },
    updateRegistryWebhook: {
      ...rule,
      handler: async ({ id, events, http_url_spec, description, status, job_spec }, by) => {
        refuseJobs(job_spec);
        const change = {
          ...{ events: events && events.length > 0 ? events : undefined, description },
          status: status ? statusOf(status) : undefined,
          ...targetOf(http_url_spec),
        };
        return { webhook: toWire(await service.update(id, change, by, true)) };
      },
    },
    deleteRegistryWebhook: {
      ...rule,
      handler: async ({ id }, by) => {
        await service.delete(id, by, true);
        return {};
      },
    },
    testRegistryWebhook: {
      ...rule,
      handler: async ({ id, event }, by) => {
        const found = await service.get(id, by, true);
        const topic = event ? oneOf('event', event, DATABRICKS_EVENTS) : found.events[0];
        const attempt = await deliveries.test(found, topic ?? DATABRICKS_EVENTS[0], by);
        const { responseStatus, responseBody, error } = attempt;
        const body = responseBody ?? error ?? '';
        // The SDK reads `status_code`, the documentation speaks of `status`.
        return responseStatus === undefined
          ? { body }
          : { status: responseStatus, status_code: responseStatus, body };
      },
    },
  };
}

function refuseJobs(job: unknown): void {
  if (job === undefined) return;
  throw invalidParameter(
    "'job_spec' is not supported: there are no jobs here. Use 'http_url_spec' instead.",
  );
}

const targetOf = (target: Target) =>
  target === undefined
    ? {}
    : {
        url: target.url,
        verifyTls: target.enable_ssl_verification,
        secret: target.secret,
        authorization: target.authorization,
      };

const toWire = (webhook: Subscription) => ({
  id: webhook.id,
  events: webhook.events.map((event) => oneOf('events', event, DATABRICKS_EVENTS)),
  ...(webhook.modelPattern === '' ? {} : { model_name: webhook.modelPattern }),
  ...(webhook.description === '' ? {} : { description: webhook.description }),
  status: webhook.status,
  http_url_spec: {
    url: withoutPassword(webhook.url ?? ''),
    enable_ssl_verification: webhook.settings.verifyTls,
  },
  creation_timestamp: webhook.createdAt,
  last_updated_timestamp: webhook.updatedAt,
});
