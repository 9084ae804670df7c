import { gzipSync } from 'node:zlib';
import { describe, expect, inject, it } from 'vitest';
import { eachInTab } from './support/tab.js';

const filled = inject('webFilled');
const tab = eachInTab();
const MOST_SCRIPT = 300 * 1024;

describe('the application', () => {
  it('needs less than 300 KB of packed script to show its first screen', async () => {
    const { page } = tab;
    const scripts: Promise<Buffer>[] = [];
    page.on('response', (response) => {
      if (/\.js$/.test(new URL(response.url()).pathname)) scripts.push(response.body());
    });
    await tab.visit('/');
    await page.getByRole('link', { name: 'many-runs' }).waitFor();
    const sizes = (await Promise.all(scripts)).map((text) => gzipSync(text).length);
    const first = sizes.reduce((sum, size) => sum + size, 0);
    expect(first).toBeLessThan(MOST_SCRIPT);
    await page.getByRole('link', { name: 'many-runs' }).click();
    await page.getByRole('link', { name: 'sweep-0449' }).waitFor();
    const all = (await Promise.all(scripts)).map((text) => gzipSync(text).length);
    expect(all.reduce((sum, size) => sum + size, 0)).toBeLessThan(MOST_SCRIPT);
  });

  it('can be used by the keyboard alone', async () => {
    const { page } = tab;
    await tab.visit('/experiments');
    await page.getByRole('link', { name: 'many-runs' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    await page.getByRole('button', { name: 'New experiment' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('does not show the markup of a page that a proxy answers with', async () => {
    const { page } = tab;
    tab.allow(/status of 502/);
    const answer = {
      status: 502,
      contentType: 'text/html',
      body: '<html><h1>Bad gateway</h1></html>',
    };
    await page.route('**/experiments/search*', (route) => route.fulfill(answer));
    await tab.visit('/experiments');
    const note = page.getByRole('alert');
    await note.getByText('The server answered 502').waitFor();
    expect(await note.textContent()).not.toContain('<');
  });

  it('is light or dark, as the system is or as one chooses', async () => {
    const { page } = tab;
    await page.emulateMedia({ colorScheme: 'dark' });
    await tab.visit(`/experiments/${filled.experiment}`);
    await page.getByRole('link', { name: 'tune-0' }).waitFor();
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    await tab.expectAccessible();
    await page.getByRole('button', { name: 'Light' }).click();
    await page.reload();
    expect(await page.locator('html').getAttribute('data-theme')).toBe('light');
  });

  it('fits a narrow screen', async () => {
    const { page } = tab;
    await page.setViewportSize({ width: 390, height: 800 });
    for (const path of [
      '/experiments',
      '/models',
      `/experiments/${filled.experiment}/runs/${filled.runs[0]}`,
    ]) {
      await tab.visit(path);
      await page.locator('h1').waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    }
    await page.getByRole('button', { name: 'Open menu' }).click();
    await page.getByRole('link', { name: 'Models' }).click();
    // A run has a heading of that name as well, of a lower level.
    await page.getByRole('heading', { name: 'Models', exact: true, level: 1 }).waitFor();
    await tab.expectAccessible();
  });

  it('copies where the browser keeps its clipboard from the page', async () => {
    const { page } = tab;
    await page.addInitScript(`
      Object.defineProperty(window, 'isSecureContext', { value: false });
      Object.defineProperty(navigator, 'clipboard', { value: undefined });
    `);
    await tab.visit(`/experiments/${filled.experiment}`);
    await page.getByRole('button', { name: "Copy the experiment's id" }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    await page.getByRole('combobox', { name: 'Filter of runs' }).focus();
    await page.keyboard.press('Control+V');
    expect(await page.getByRole('combobox', { name: 'Filter of runs' }).inputValue()).toBe(
      filled.experiment,
    );
  });

  it('says what is not there', async () => {
    const { page } = tab;
    tab.allow(/404/);
    await tab.visit('/no/such/page');
    await page.getByText('There is no such page').waitFor();
    await tab.visit('/experiments/987654');
    await page.getByText('No Experiment with id=987654 exists').waitFor();
    await tab.visit('/models/none');
    await page.getByText('RESOURCE_DOES_NOT_EXIST').waitFor();
  });
});
