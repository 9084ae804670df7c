/**
 * Takes pictures of the screens of governance and administration for docs/screenshots:
 * `npx tsx compat-tests/web/screenshots-governed.ts [NAME ...]`, after a build.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { ensureChromium } from '../../scripts/ensure-chromium.mjs';
import { type Governed, PASSWORD, type Person, startGoverned } from './support/governed.js';
import { GOVERNED_SCREENS } from './support/governed-screens.js';
import { signIn } from './support/sign-in.js';

/** Elsewhere, to look at what the documents don't show. */
const FOLDER = process.env.SCREENSHOTS ?? join(import.meta.dirname, '../../docs/screenshots');
const wanted = process.argv.slice(2);
const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name);

/** What is kept in dark and narrow too; that the others are readable there is tested. */
const EVERY_LOOK: readonly string[] =
  process.env.SCREENSHOTS === undefined
    ? ['readiness', 'card', 'governed-lineage', 'inbox', 'audit']
    : GOVERNED_SCREENS.map(({ name }) => name);

const LOOKS = [
  { look: 'light', colorScheme: 'light', viewport: { width: 1360, height: 820 } },
  { look: 'dark', colorScheme: 'dark', viewport: { width: 1360, height: 820 } },
  { look: 'narrow', colorScheme: 'light', viewport: { width: 390, height: 800 } },
] as const;

async function takeAll(browser: Browser, url: string): Promise<void> {
  for (const { look, ...settings } of LOOKS) {
    mkdirSync(join(FOLDER, look), { recursive: true });
    const pages = new Map<Person, Awaited<ReturnType<typeof signIn>>>();
    for (const { name, as, path, prepare } of GOVERNED_SCREENS) {
      if (!isWanted(name) || (look !== 'light' && !EVERY_LOOK.includes(name))) continue;
      const page = pages.get(as) ?? (await signIn(browser, url, as, settings));
      pages.set(as, page);
      await page.goto('about:blank');
      await page.goto(`${url}/#${path}`);
      await page.locator('h1').waitFor();
      await page.waitForLoadState('networkidle');
      await prepare?.(page);
      await page.waitForTimeout(400);
      await page.screenshot({ path: join(FOLDER, look, `${name}.png`) });
    }
    for (const page of pages.values()) await page.context().close();
  }
}

/** Something was sent, a token is there, a drill was held: as on a server that is in use. */
async function use({ url, sink }: Governed): Promise<void> {
  const post = async (user: string, path: string, body: object) => {
    const answer = await fetch(`${url}/api/${path}`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa(`${user}:${PASSWORD}`)}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
  };
  const events = [{ entity: 'MODEL_VERSION_TAG', action: 'SET' }];
  for (const [name, address] of [
    ['deploy-staging', `${sink}/deploy`],
    ['old-dashboard', `${sink}/gone`],
  ]) {
    await post('admin', '2.0/mlflow/webhooks', { name, url: address, events });
  }
  const all = { events: ['*'], model_pattern: '*' };
  const subscription = { channel: 'webhook', url: `${sink}/governance`, ...all };
  await post('admin', 'governance/v1/subscriptions', subscription);
  for (const [name, scopes] of [
    ['nightly-training', ['write', 'registry']],
    ['dashboard', ['read']],
  ]) {
    await post('ada', 'runledger/v1/tokens', { name, scopes });
  }
  const tag = { name: 'credit-risk', version: '3', key: 'reviewed-by', value: 'the risk office' };
  await post('ada', '2.0/mlflow/model-versions/set-tag', tag);
  await post('admin', 'governance/v1/drills', { poll_seconds: 1 });
}

const server = await startGoverned();
const browser = await chromium.launch({
  executablePath: ensureChromium(),
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
try {
  await use(server);
  await takeAll(browser, server.url);
} finally {
  await browser.close();
  await server.stop();
}
