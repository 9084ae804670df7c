import type { Page } from 'playwright-core';
import type { Person } from './governed.js';

/** A screen as somebody sees it. */
export interface GovernedScreen {
  readonly name: string;
  readonly as: Person;
  readonly path: string;
  /** Leads from the address to what is looked at. */
  readonly prepare?: (page: Page) => Promise<void>;
}

const MODEL = '/models/credit-risk';
const READY = `${MODEL}/versions/3/readiness`;
const SERVED = `${MODEL}/versions/2`;

const click = (name: string) => async (page: Page) => {
  await page.getByRole('button', { name }).first().click();
};

const POLICY = `profiles:
  - name: credit
    models: ["credit-*"]
    mode: enforce
    stages: [{ name: Canary, acts_as: Staging }]
    approvals:
      quorum: 2
      roles: { lead: 1, validator: 1 }
    metrics:
      gates: [{ metric: auc, min: 0.8, better: higher }]
  - name: playground
    models: ["try-*"]
    mode: observe
`;

/** Every screen of the registry, governance and administration. */
export const GOVERNED_SCREENS: readonly GovernedScreen[] = [
  { name: 'governed-models', as: 'ada', path: '/models' },
  { name: 'governed-model', as: 'ada', path: MODEL },
  { name: 'governed-stages', as: 'ada', path: `${MODEL}?tab=stages` },
  { name: 'governed-about', as: 'ada', path: `${MODEL}?tab=about` },
  { name: 'governed-version', as: 'ada', path: `${MODEL}/versions/3` },
  { name: 'version-onnx', as: 'ada', path: `${SERVED}?tab=signature` },
  { name: 'governed-files', as: 'ada', path: `${SERVED}?tab=files` },
  { name: 'governed-lineage', as: 'ada', path: `${SERVED}?tab=lineage` },
  { name: 'readiness', as: 'ada', path: READY },
  { name: 'readiness-open-request', as: 'lena', path: '/models/churn/versions/1/readiness' },
  { name: 'card', as: 'ada', path: `${SERVED}/readiness?tab=card` },
  { name: 'card-new', as: 'ada', path: `${READY}?tab=card` },
  { name: 'activity', as: 'lena', path: '/models/fraud/versions/1/readiness?tab=activity' },
  { name: 'live', as: 'lena', path: `${SERVED}/readiness?tab=live` },
  {
    ...{ name: 'rollback', as: 'lena', path: `${SERVED}/readiness?tab=live` },
    prepare: async (page) => {
      await click('Roll back')(page);
      await page.getByText('Will be served').waitFor();
    },
  },
  { name: 'compliance', as: 'otto', path: `${SERVED}/readiness?tab=compliance` },
  { name: 'inbox', as: 'lena', path: '/inbox' },
  { name: 'inbox-open', as: 'ada', path: '/inbox?tab=open' },
  { name: 'inbox-empty', as: 'otto', path: '/inbox' },
  { name: 'emergencies', as: 'lena', path: '/inbox?tab=emergencies' },
  { name: 'drills', as: 'admin', path: '/inbox?tab=drills' },
  { name: 'policies', as: 'ada', path: '/policies' },
  {
    ...{ name: 'policy-dry-run', as: 'admin', path: '/policies' },
    prepare: async (page) => {
      await click('Edit')(page);
      await page.getByLabel('Policy, in YAML').fill(POLICY);
      await click('Dry run')(page);
      await page.getByText('It can be put in force').waitFor();
    },
  },
  { name: 'alerts', as: 'lena', path: '/alerts' },
  {
    ...{ name: 'audit', as: 'otto', path: '/audit' },
    prepare: async (page) => {
      await click('Verify the log')(page);
      await page.getByText('Unchanged').waitFor();
    },
  },
  {
    ...{ name: 'audit-entry', as: 'otto', path: '/audit?decision=denied' },
    prepare: async (page) => {
      await page.locator('td button').first().click();
    },
  },
  { name: 'audit-refused', as: 'ada', path: '/audit' },
  { name: 'users', as: 'admin', path: '/admin?tab=users' },
  { name: 'roles', as: 'admin', path: '/admin?tab=roles' },
  { name: 'tokens', as: 'ada', path: '/admin?tab=tokens' },
  {
    ...{ name: 'webhooks', as: 'admin', path: '/admin?tab=webhooks' },
    prepare: async (page) => {
      const deliveries = page.getByRole('button', { name: 'Deliveries of old-dashboard' });
      if ((await deliveries.count()) > 0) await deliveries.click();
    },
  },
  { name: 'registry-webhooks', as: 'ada', path: '/admin?tab=registry-webhooks&model=credit-risk' },
  {
    ...{ name: 'subscription', as: 'admin', path: '/admin?tab=notifications' },
    prepare: async (page) => {
      const edit = page.getByRole('button', { name: /^Edit/ });
      if ((await edit.count()) > 0) await edit.first().click();
    },
  },
  { name: 'notifications', as: 'admin', path: '/admin?tab=notifications' },
  { name: 'health', as: 'admin', path: '/admin?tab=health' },
];
