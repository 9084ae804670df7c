import type { OperationCases } from './request-case.js';

const event = (entity: unknown, action?: unknown) => ({
  entity,
  ...(action === undefined ? {} : { action }),
});
const CREATED = event('REGISTERED_MODEL', 'CREATED');
const HOOK = 'webhooks/@{xhook}';

const EVENTS = [
  [event('PROMPT_TAG', 'SET'), event('MODEL_VERSION_TAG', 'SET'), CREATED],
  [event('MODEL_VERSION_TAG', 'DELETED'), event('MODEL_VERSION_TAG', 'SET')],
  [CREATED, CREATED],
  [event('MODEL_VERSION', 'DELETED')],
  [event('MODEL_VERSION_TAG', 'CREATED')],
  [event('PROMPT', 'UPDATED')],
  [event('BUDGET_POLICY', 'EXCEEDED')],
  [event('BUDGET_POLICY', 'CREATED')],
  [event('REGISTERED_MODEL', 'ACTION_UNSPECIFIED')],
  [event('ENTITY_UNSPECIFIED', 'CREATED')],
  [event('MODEL_VERSION')],
  [event('NOTHING', 'CREATED')],
  [event('registered_model', 'created')],
  [event(1, 1)],
  [event('1', '1')],
  [event(99, 1)],
  [event(true, {})],
  [CREATED, null],
];
const NAMES = ['-w', 'w-', 'a.', 'a b', 'a/b', 'é', 'A', 'a-b_c.d', 'a'.repeat(63), 'a'.repeat(64)];
const URLS = [
  ...['http://1.1.1.1/', 'ftp://1.1.1.1/', 'https://', 'https:///x', 'nothing', '//1.1.1.1/'],
  ...['https://127.0.0.1/x', 'https://127.0.0.1:8443/', 'https://10.0.0.1/', 'https://0.0.0.0/'],
  ...['https://169.254.169.254/latest', 'https://100.64.0.1/', 'https://192.0.2.1/'],
  ...['https://224.0.0.1/', 'https://[::1]/', 'https://[fe80::1]/', 'https://[::ffff:10.0.0.1]/'],
  ...['https://[64:ff9b::7f00:1]/', 'https://[2002:7f00:1::]/', 'https://[2606:4700::1111]/'],
  ...['https://user:pass@1.1.1.1/', 'HTTPS://1.1.1.1', 'https://1.1.1.1:8443/a?b=c#d'],
  ...['https://nowhere.invalid/', 'https://a b/', ` https://1.1.1.1/`],
  `https://1.1.1.1/${'x'.repeat(2_048)}`,
];
const DESCRIPTIONS = ['d', 'é', 'x'.repeat(5_000)];
const STATUSES = ['ACTIVE', 'DISABLED', 'active', 'X', 1, 2, 3, '2'];

/** A webhook that never has anything to send: the other requests change the registry. */
const HARMLESS = {
  name: 'hook',
  url: 'https://1.1.1.1/',
  events: [event('BUDGET_POLICY', 'EXCEEDED')],
};

/** Lists first: from then on one side may have accepted what the other refuses. */
export const webhookCases: readonly OperationCases[] = [
  {
    method: 'GET',
    path: 'webhooks',
    good: {},
    optional: { max_results: 2, page_token: '' },
    values: {
      max_results: [0, 1, 1_000, 1_001, -1],
      page_token: ['x', 'zz', 'eyJvZmZzZXQiOiAyfQ=='],
    },
    repeatable: true,
  },
  { method: 'GET', path: HOOK, good: {}, repeatable: true },
  { method: 'GET', path: 'webhooks/none', good: {} },
  {
    method: 'PATCH',
    path: HOOK,
    good: {},
    optional: {
      ...{ name: 'renamed', description: 'd', url: 'https://1.0.0.1/', secret: 's' },
      ...{ events: HARMLESS.events, status: 'DISABLED' },
    },
    // Nothing that one side alone accepts: what comes behind looks at the same webhook.
    values: {
      name: NAMES,
      url: ['http://1.1.1.1/', 'https://127.0.0.1/', 'https:///x', 'https://[2606:4700::1111]/'],
      description: DESCRIPTIONS,
      status: STATUSES,
      events: EVENTS,
    },
  },
  {
    method: 'PATCH',
    path: 'webhooks/none',
    good: { name: 'a' },
    values: { name: ['-'], events: EVENTS },
  },
  // Nothing is sent by a test that is refused; on the others the tests of real clients look.
  {
    method: 'POST',
    path: 'webhooks/none/test',
    good: {},
    optional: { event: CREATED },
    values: { event: EVENTS.map(([first]) => first) },
  },
  {
    method: 'POST',
    path: 'webhooks',
    good: HARMLESS,
    optional: { description: 'd', secret: 's', status: 'DISABLED' },
    values: {
      name: NAMES,
      url: URLS,
      description: [...DESCRIPTIONS, 'x'.repeat(5_001)],
      secret: ['s', 'x'.repeat(4_097)],
      status: STATUSES,
      events: EVENTS,
    },
    others: [
      { ...HARMLESS, name: '-', url: ' ', events: [] },
      { ...HARMLESS, url: ' ', events: [] },
      { ...HARMLESS, name: '-', events: [event('PROMPT', 'SET')] },
    ],
  },
  {
    method: 'PATCH',
    path: 'webhooks/@{xotherhook}',
    good: { webhook_id: 'other' },
  },
  { method: 'DELETE', path: 'webhooks/none', good: {} },
  { method: 'DELETE', path: 'webhooks/@{xgohook}', good: {} },
];
