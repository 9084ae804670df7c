import { inject, it } from 'vitest';
import { eachInTab } from './support/tab.js';

const { experiment, genai, runs } = inject('filled');
const browser = eachInTab();

it('lists traces, and shows the spans and the feedback of one', async () => {
  const { page, visit } = browser.tab;
  await visit(`/experiments/${genai}/traces`);
  // News about the page, which a server without a gateway does not show.
  const news = page.getByRole('button', { name: 'Got it' });
  await page.addLocatorHandler(news, () => news.click());
  await page.getByText('otters').first().click();
  await page.getByText('answer-question').first().waitFor();
  await page.getByText('helpful').first().waitFor();
  await page.getByText('look_up').first().click();
  await page.getByText('page one').first().waitFor();
});

it('counts the traces of an experiment', async () => {
  const { page, visit } = browser.tab;
  await visit(`/experiments/${genai}`);
  await page.getByText('Overall error rate').waitFor();
  await page.locator('.recharts-bar-rectangle path').first().waitFor();
});

it('shows that a run has no traces', async () => {
  const { page, visit } = browser.tab;
  await visit(`/experiments/${experiment}/runs/${runs[0]}/traces`);
  await page
    .getByText(/No traces/i)
    .first()
    .waitFor();
});
