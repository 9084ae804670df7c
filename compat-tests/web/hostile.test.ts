import { describe, expect, inject, it } from 'vitest';
import { eachInTab } from './support/tab.js';

const filled = inject('webFilled');
const tab = eachInTab();
const run = `/experiments/${filled.hostileExperiment}/runs/${filled.hostile}`;

/** The tab's own checks say whether anything ran, broke the policy, or asked another host. */
const settle = () => tab.page.waitForTimeout(300);

describe('what hostile people have written', () => {
  it('is text in lists', async () => {
    const { page } = tab;
    await tab.visit('/experiments');
    await page.getByRole('link', { name: /^hostile <img/ }).click();
    await page.getByRole('link', { name: /^<img src=x/ }).waitFor();
    await page.getByLabel('Group runs by').selectOption({ label: 'By param' });
    await page.getByRole('button', { name: /^<img src=x/ }).waitFor();
    await tab.visit('/models');
    await page.getByRole('link', { name: /^<b onmouseover/ }).click();
    await page.getByRole('tab', { name: 'About' }).click();
    await page.getByRole('heading', { name: 'A note' }).waitFor();
    await settle();
  });

  it('is text in a run, its Markdown and its links', async () => {
    const { page } = tab;
    await tab.visit(run);
    await page.getByRole('heading', { name: 'A note' }).waitFor();
    expect(
      await page.locator('a[href^="javascript:"], .markdown script, .markdown img').count(),
    ).toBe(0);
    await settle();
    await tab.visit(
      `/compare-runs?runs=${encodeURIComponent(JSON.stringify([filled.hostile, filled.runs[0]]))}`,
    );
    await page.getByRole('row', { name: /^param/ }).waitFor();
    await settle();
  });

  it('is text in traces and prompts', async () => {
    const { page } = tab;
    await tab.visit(`/experiments/${filled.hostileExperiment}/traces`);
    await page.getByRole('link', { name: /^<img src=x/ }).click();
    await page.getByText('judged').waitFor();
    await page.getByText('Attributes (').click();
    await settle();
    await tab.visit(`/prompts/${filled.hostilePrompt}`);
    await page.locator('pre', { hasText: '<script>' }).waitFor();
    await page.getByRole('tab', { name: 'Compare' }).click();
    await page.getByText('Both say the same.').waitFor();
    await settle();
  });

  it('is text in tables, names of files and files that are no documents', async () => {
    const { page } = tab;
    await tab.visit(`${run}?tab=artifacts`);
    for (const file of ['table.json', 'table.csv']) {
      await page.getByRole('button', { name: file }).click();
      await page
        .getByRole('cell', { name: /^<img src=x/ })
        .first()
        .waitFor();
    }
    await page.getByRole('button', { name: /^<img src=x/ }).click();
    await page.locator('pre', { hasText: 'window.hacked' }).waitFor();
    await page.getByRole('button', { name: 'broken.pdf' }).click();
    await page.locator('iframe[title="broken.pdf"]').waitFor();
    await settle();
  });

  it('is shut in where it is an artifact', async () => {
    const { page } = tab;
    // The frame's own policy refuses what the page in it asks for, and says so.
    tab.allow(
      /web-files\/frame\.html|violates|Refused|Fetch API cannot load|Unsafe attempt|Blocked a frame/,
    );
    const reached: string[] = [];
    // What the policy stops counts as asked; that nothing leaves is what the tab looks after.
    page.on('response', (response) => {
      if (response.frame() !== page.mainFrame()) reached.push(response.url());
    });
    await tab.visit(`${run}?tab=artifacts&file=page.html`);
    const frame = page.frameLocator('iframe');
    await frame.getByText('origin null').waitFor();
    await settle();
    expect(reached.filter((url) => !url.endsWith('/web-files/frame.html'))).toEqual([]);
    expect(await page.title()).not.toBe('hacked');
    await tab.visit(`${run}?tab=artifacts&file=image.svg`);
    await page.getByRole('img', { name: 'image.svg' }).waitFor();
    await settle();
  });
});
