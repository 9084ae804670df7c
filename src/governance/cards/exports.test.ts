import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { FACE_CARD } from '../testing/cards.js';
import { cardDigest } from './card.js';
import { toHuggingFaceReadme } from './export-huggingface.js';
import { toSageMakerCard } from './export-sagemaker.js';
import { cardInMarkdown } from './find-card.js';
import { renderCardHtml } from './render-html.js';

const VERSION = { model: 'FaceSentimentAnalyzer', version: 7, semver: '2.4.0' };

const CARD = {
  ...FACE_CARD,
  risk_rating: 'High',
  license: 'apache-2.0',
  evaluation: [{ dataset: 'calls', split: 'test', metrics: { p95: 0.21, p99: 0.4 } }],
};

const frontMatterOf = (readme: string) => parse(readme.split('---\n')[1] ?? '');

describe('a card as a README of Hugging Face', () => {
  it('has its results in model-index', () => {
    const data = frontMatterOf(
      toHuggingFaceReadme(CARD, {
        ...VERSION,
        metrics: [
          { name: 'auc', value: 0.9, dataset: 'holdout' },
          { name: 'loss', value: 1 },
        ],
      }),
    );
    expect(data).toMatchObject({ license: 'apache-2.0', model_name: 'FaceSentimentAnalyzer' });
    expect(data['model-index'][0].results).toMatchObject([
      { dataset: { name: 'calls', split: 'test' }, metrics: [{ type: 'p95', value: 0.21 }, {}] },
      { dataset: { name: 'holdout' }, metrics: [{ type: 'auc', value: 0.9 }] },
      { dataset: { name: 'not stated' }, metrics: [{ type: 'loss', value: 1 }] },
      { task: { type: 'fairness' }, metrics: [{ value: 0.95 }, { value: 0.92 }] },
    ]);
  });

  it('gives the same card when it is read back', () => {
    const back = cardInMarkdown(toHuggingFaceReadme(CARD, VERSION));
    expect(back.kind === 'card' && cardDigest(back.card)).toBe(cardDigest(CARD));
  });

  it('stays one README whatever the card says', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (owner, limitations) => {
        const card = { ...FACE_CARD, owner: `---\n${owner}`, limitations: `---\n${limitations}` };
        const back = cardInMarkdown(toHuggingFaceReadme(card, VERSION));
        if (back.kind === 'card') expect(cardDigest(back.card)).toBe(cardDigest(card));
        else expect(back).toMatchObject({ kind: 'broken' });
      }),
      { numRuns: 100 },
    );
  });
});

describe('a card as one of SageMaker', () => {
  it('has its places there', () => {
    expect(toSageMakerCard(CARD, VERSION)).toEqual({
      model_overview: {
        model_name: 'FaceSentimentAnalyzer',
        model_version: 7,
        model_owner: 'ai-vision-team',
      },
      intended_uses: {
        purpose_of_model: FACE_CARD.intended_use,
        intended_uses: FACE_CARD.intended_use,
        factors_affecting_model_efficiency: FACE_CARD.limitations,
        risk_rating: 'High',
      },
      training_details: {
        training_job_details: { training_datasets: ['internal_video_dataset_v4'] },
      },
      evaluation_details: [
        {
          name: 'evaluation',
          datasets: ['calls'],
          metric_groups: [
            {
              name: 'evaluation',
              metric_data: [
                { name: 'p95', type: 'number', value: 0.21 },
                { name: 'p99', type: 'number', value: 0.4 },
              ],
            },
          ],
        },
        {
          name: 'fairness',
          datasets: [],
          metric_groups: [
            {
              name: 'fairness',
              metric_data: [
                { name: 'demographic_parity', type: 'number', value: 0.95 },
                { name: 'equal_opportunity', type: 'number', value: 0.92 },
              ],
            },
          ],
        },
      ],
      additional_information: {
        caveats_and_recommendations: FACE_CARD.limitations,
        custom_details: { semver: '2.4.0', license: 'apache-2.0' },
      },
    });
  });

  it('cuts what is too long there', () => {
    const card = toSageMakerCard({ ...CARD, limitations: '😀'.repeat(2_000) }, VERSION);
    expect(JSON.stringify(card)).not.toMatch(/\\ud8/);
    expect(JSON.stringify(card).length).toBeLessThan(10_000);
  });
});

describe('a card as HTML', () => {
  it('shows all that it says', () => {
    const html = renderCardHtml({ ...CARD, limitations: '*Low* light', site: 'EU <1>' });
    expect(html).toContain('<h1>FaceSentimentAnalyzer 2.4.0</h1>');
    expect(html).toContain('<em>Low</em> light');
    expect(html).toContain('<th scope="row">site</th><td>EU &lt;1&gt;</td>');
    expect(html).toContain('<th scope="row">demographic_parity</th><td>0.95</td>');
  });

  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt&colon;alert(1))',
    '[x](data:text/html;base64,PHNjcmlwdD4=)',
    '[x](vbscript:x)',
    '[x](//evil.example)',
    '![x](https://evil.example/pixel.png)',
    '![x][r]\n\n[r]: https://evil.example/pixel.png',
    '<javascript:alert(1)>',
    '[x](https://a" onclick="alert(1))',
    '"><svg onload=alert(1)>',
  ])('lets nothing of %j act', (text) => {
    const keys = { [text]: text, name: text, intended_use: text, owner: text };
    const html = renderCardHtml({ ...CARD, ...keys });
    const tags = html.match(/<[a-z][^>]*>/gi) ?? [];
    const names = new Set(tags.map((tag) => /^<([a-z0-9]+)/i.exec(tag)?.[1]));
    for (const name of names) {
      expect(['article', 'h1', 'h2', 'h3', 'table', 'tr', 'th', 'td', 'p', 'a']).toContain(name);
    }
    for (const tag of tags.filter((tag) => tag.startsWith('<a'))) {
      expect(tag).toMatch(
        /^<a (?:class="model-card"|href="https?:[^"<>]*" rel="[a-z ]+")>|^<article/,
      );
    }
  });

  it('tells where a link goes nothing of where it stood', () => {
    expect(renderCardHtml({ ...CARD, limitations: '[paper](https://example.org/p)' })).toContain(
      '<a href="https://example.org/p" rel="noopener noreferrer nofollow">paper</a>',
    );
  });
});
