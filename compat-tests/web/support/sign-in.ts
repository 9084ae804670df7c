import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { PASSWORD, type Person } from './governed.js';

/** A page of somebody who has signed in. */
export async function signIn(
  browser: Browser,
  url: string,
  person: Person,
  settings: BrowserContextOptions = {},
): Promise<Page> {
  const page = await (await browser.newContext(settings)).newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(`${url}/signin`);
  await page.fill('#username', person);
  await page.fill('#password', PASSWORD);
  await page.click('button');
  await page.locator('nav#areas').waitFor({ state: 'attached' });
  return page;
}
