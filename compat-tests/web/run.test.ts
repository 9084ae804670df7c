import { describe, expect, inject, it } from 'vitest';
import { eachInTab } from './support/tab.js';

const filled = inject('webFilled');
const [first = '', second = '', third = ''] = filled.runs;
const tab = eachInTab();
const runPath = (run = first) => `/experiments/${filled.experiment}/runs/${run}`;
const three = encodeURIComponent(JSON.stringify([first, second, third]));

describe('a run', () => {
  it('says what it is, and keeps notes and tags', async () => {
    const { page } = tab;
    await tab.visit(runPath());
    await page.getByRole('heading', { name: 'tune-0' }).waitFor();
    await page.getByText('try, with').waitFor();
    await page.getByText('customers').waitFor();
    const commit = page.getByRole('link', { name: 'a94a8fe5cc' });
    expect(await commit.getAttribute('href')).toBe(
      'https://github.com/team/project/commit/a94a8fe5ccb19ba61c4c0873d391e987982fbbd3',
    );
    await tab.expectAccessible();
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Notes, in Markdown').fill('It is **settled**.');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('.markdown strong', { hasText: 'settled' }).waitFor();
    await page.getByRole('button', { name: 'Tag', exact: true }).click();
    await page.getByLabel('Key of the tag').fill('colour');
    await page.getByLabel('Value of the tag').fill('green');
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByRole('button', { name: 'Remove tag colour' }).click();
    await page.getByRole('button', { name: 'Remove tag colour' }).waitFor({ state: 'detached' });
  });

  it('is where the address of an evaluation leads, which a client prints', async () => {
    const { page } = tab;
    const address = `/experiments/${filled.experiment}/evaluation-runs`;
    await tab.visit(`${address}?selectedRunUuid=${first}`);
    await page.getByRole('heading', { name: 'tune-0' }).waitFor();
    expect(page.url()).toMatch(new RegExp(`#${runPath()}$`));
    await tab.visit(address);
    await page.getByRole('row', { name: /tune-0/ }).waitFor();
  });

  it('draws its curves over steps and time, and system metrics beside them', async () => {
    const { page } = tab;
    await tab.visit(`${runPath()}?tab=metrics`);
    await page.getByRole('img', { name: /^loss; at the end/ }).waitFor();
    expect(await page.locator('.chart canvas').count()).toBe(2);
    await page.getByText('0.51').waitFor();
    await page.getByRole('button', { name: 'Relative' }).click();
    await page.getByLabel('Log scale').check();
    await page.getByRole('slider').fill('0.6');
    expect(page.url()).toMatch(/x=relative&log=1&smooth=0\.6/);
    await tab.expectAccessible();
    await page.getByRole('tab', { name: 'System' }).click();
    await page.getByRole('img', { name: /^system\/cpu_utilization/ }).waitFor();
  });

  it('shows its artifacts', async () => {
    const { page } = tab;
    await tab.visit(`${runPath()}?tab=artifacts`);
    await page.getByRole('button', { name: 'notes' }).click();
    await page.getByRole('button', { name: /^plain\.txt/ }).click();
    await page.getByText('plain words').waitFor();
    await tab.expectAccessible();
    await page.getByRole('button', { name: /^scores\.csv/ }).click();
    await page.getByRole('cell', { name: 'Smith, J' }).waitFor();
    await page.getByRole('button', { name: /^config\.json/ }).click();
    await page.getByText('"seed": 7').waitFor();
    await page.getByRole('button', { name: /^answers\.json/ }).click();
    await page.getByRole('cell', { name: 'q1' }).waitFor();
    await page.getByRole('button', { name: /^readme\.md/ }).click();
    await page.getByRole('heading', { name: 'Heading' }).waitFor();
    await page.getByRole('button', { name: /^pixel\.png/ }).click();
    const picture = page.getByRole('img', { name: 'pixel.png' });
    await picture.waitFor();
    await expect
      .poll(() =>
        picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
      )
      .toBe(1);
  });

  it("shows documents in the browser's viewer, and pages by their own scripts", async () => {
    const { page } = tab;
    await tab.visit(`${runPath()}?tab=artifacts`);
    await page.getByRole('button', { name: /^report\.pdf/ }).click();
    // The viewer makes room for the pages when it has read them.
    const widthOfPages = "document.getElementById('sizer')?.clientWidth ?? 0";
    await expect
      .poll(
        async () => {
          const inner = page.frames().filter((frame) => frame.url().startsWith('blob:'));
          const widths = await Promise.all(inner.map((frame) => frame.evaluate(widthOfPages)));
          return Math.max(0, ...widths.map(Number));
        },
        { timeout: 15_000 },
      )
      .toBeGreaterThan(300);
    await tab.expectAccessible();
    await page.getByRole('button', { name: /^plot\.html/ }).click();
    await page.frameLocator('iframe').getByText('drawn by a script').waitFor();
  });
});

describe('the traces of a run', () => {
  it('are listed, and lead to each', async () => {
    const { page } = tab;
    await tab.visit(`${runPath()}?tab=traces`);
    await page
      .getByRole('cell', { name: /"customer": ?"Lee"/ })
      .first()
      .waitFor();
    await tab.expectAccessible();
    await page.getByRole('link', { name: 'score-customer' }).click();
    await page.getByRole('heading', { name: 'Spans (1)' }).waitFor();
    await page.getByRole('link', { name: 'tune-0', exact: true }).waitFor();
  });
});

describe('runs that are compared', () => {
  it('show what differs', async () => {
    const { page } = tab;
    await tab.visit(`/compare-runs?runs=${three}&experiments=%5B%22${filled.experiment}%22%5D`);
    await page.getByRole('row', { name: /^rate/ }).waitFor();
    await tab.expectAccessible();
    await page.getByLabel('Only what differs').check();
    await page.getByRole('row', { name: /^depth \(differs\)/ }).waitFor();
  });

  it.each([
    ['curves', /^loss; at the end tune-0/],
    ['parallel', /^Parallel coordinates of 3 runs/],
    ['scatter', /a point for each run$/],
    ['contour', / over .+ and /],
  ])('are drawn: %s', async (kind, name) => {
    await tab.visit(`/compare-runs?runs=${three}&tab=${kind}`);
    const drawing = tab.page.getByRole('img', { name }).first();
    await drawing.waitFor();
    await drawing.locator('canvas').first().waitFor();
    await tab.expectAccessible();
  });

  it('keep the axes of parallel coordinates in the address', async () => {
    const { page } = tab;
    await tab.visit(`/compare-runs?runs=${three}&tab=parallel`);
    const axes = page.getByRole('group', { name: 'Axes' });
    await axes.getByLabel('rate').uncheck();
    await axes.getByLabel('f1').uncheck();
    await page.reload();
    await page.getByRole('img', { name: /^Parallel coordinates/ }).waitFor();
    expect(await axes.getByLabel('rate').isChecked()).toBe(false);
    expect(await axes.getByLabel('f1').isChecked()).toBe(false);
    expect(await axes.getByLabel('depth').isChecked()).toBe(true);
    await page.goBack();
    await expect.poll(() => axes.getByLabel('f1').isChecked()).toBe(true);
  });

  it('are told apart in pictures, and by their values where the pointer stands', async () => {
    const { page } = tab;
    await tab.visit(`/compare-runs?runs=${three}&tab=scatter`);
    const legend = page.locator('.legend').first();
    await legend.getByText('tune-2').waitFor();
    await page.locator('.choice').nth(1).getByRole('combobox').selectOption({ label: 'loss' });
    await page.getByRole('img', { name: /^loss over/ }).waitFor();
    await page.reload();
    await page.getByRole('img', { name: /^loss over/ }).waitFor();
    await tab.visit(`/compare-runs?runs=${three}&tab=curves`);
    const values = legend.getByText(/^0\.9\d+$/);
    await expect
      .poll(
        async () => {
          // A curve that has just come takes the place of the one that the pointer stood on.
          await page
            .locator('.u-over')
            .first()
            .hover({ position: { x: 150, y: 60 } });
          await page
            .locator('.u-over')
            .first()
            .hover({ position: { x: 170, y: 60 } });
          return values.count();
        },
        { timeout: 15_000 },
      )
      .toBeGreaterThan(0);
  });
});
