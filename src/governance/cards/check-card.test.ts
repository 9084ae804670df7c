import { describe, expect, it } from 'vitest';
import { FACE_CARD, FACE_CARD_YAML, FACE_CONTEXT, NOW } from '../testing/cards.js';
import { cardDigest } from './card.js';
import { type CardContext, checkCard } from './check-card.js';
import { readCard } from './find-card.js';

const DAY = 86_400_000;

/** `reason field: message` for each problem. */
const problems = (card: Record<string, unknown>, context: Partial<CardContext> = {}): string[] =>
  checkCard(JSON.parse(JSON.stringify(card)), { ...FACE_CONTEXT, ...context }).problems.map(
    ({ reason, message }) => `${reason.replace('MODEL_CARD_', '')} ${message}`,
  );

describe('a model card', () => {
  it('of FaceSentimentAnalyzer 2.4.0 passes', () => {
    const read = readCard(FACE_CARD_YAML);
    expect(read).toEqual({ kind: 'card', card: FACE_CARD });
    expect(problems(FACE_CARD)).toEqual([]);
    const state = checkCard(FACE_CARD, FACE_CONTEXT);
    expect(state.digest).toBe(cardDigest(FACE_CARD));
    expect(state.risk).toBe('Unknown');
  });

  it('is that of a model with blanks around its name', () => {
    const name = ' FaceSentimentAnalyzer ';
    expect(problems({ ...FACE_CARD, name }, { model: name })).toEqual([]);
    expect(problems({ ...FACE_CARD, name }, { model: ' Other ' })).toHaveLength(1);
  });

  it('that is broken in all ways hears of all of them', () => {
    const broken = {
      name: 'Other',
      version: 2.4,
      intended_use: 'TBD',
      limitations: 'lorem ipsum dolor sit amet, consectetur',
      fairness_metrics: { parity: 'good' },
      owner: 'n/a',
      risk_rating: 'Severe',
      review_by: '2026-02-30',
    };
    expect(problems(broken)).toEqual([
      "INVALID 'training_dataset' is missing.",
      "INVALID 'version' must be of type string or integer.",
      "INVALID 'fairness_metrics.parity' must be of type number.",
      "INVALID 'intended_use' must have at least 20 characters.",
      "INVALID 'risk_rating' must be one of High, Medium, Low, Unknown.",
      "INVALID 'review_by' must be a date.",
      "INVALID 'intended_use' is a placeholder: say what it is.",
      "INVALID 'limitations' is a placeholder: say what it is.",
      "INVALID 'owner' is a placeholder: say what it is.",
      'MISMATCH \'name\' is "Other", the model is "FaceSentimentAnalyzer".',
      'MISMATCH \'version\' is "2.4", it has to be "2.4.0" or "7".',
    ]);
  });

  it.each([
    ['a metric at least', { fairness_metrics: {} }, 'must hold at least 1 entry'],
    ['fairness in numbers', { fairness_metrics: [0.9] }, 'must be of type object'],
    ['an owner', { owner: '' }, 'must have at least 1 character'],
    ['words, not blanks', { intended_use: `use${' '.repeat(30)}` }, 'at least 20 characters'],
    [
      'an evaluation of numbers',
      { evaluation: [{ dataset: 'd' }] },
      "'evaluation.0.metrics' is missing",
    ],
  ])('needs %s', (_, change, message) => {
    expect(problems({ ...FACE_CARD, ...change }).join('\n')).toContain(message);
  });

  it.each([
    [{ version: '7' }],
    [{ version: 7 }],
    [{ risk_rating: 'High', validated_by: 'carol', extra: { anything: [1] } }],
    [{ regulatory: { eu_ai_act_class: 'limited' }, review_by: '2026-12-31' }],
    [{ evaluation: [{ dataset: 'd', metrics: { p95: 0.1 } }], data_contract: { uri: 'x' } }],
  ])('may say %j', (change) => {
    expect(problems({ ...FACE_CARD, ...change })).toEqual([]);
  });

  it('has an owner who is there', () => {
    const isOwnerKnown = (owner: string) => owner === 'ai-vision-team';
    expect(problems(FACE_CARD, { isOwnerKnown })).toEqual([]);
    expect(problems({ ...FACE_CARD, owner: 'ghost' }, { isOwnerKnown })).toEqual([
      'INVALID \'owner\' names "ghost", who is no user and no group.',
    ]);
  });

  it.each([
    [
      'review_by has passed',
      { review_by: '2026-05-31' },
      {},
      'The card had to be reviewed by 2026-05-31.',
    ],
    ['it is old', {}, { attachedAt: NOW - 366 * DAY }, 'older than its profile allows'],
    [
      'review_by is later than the profile allows',
      { review_by: '2099-01-01' },
      { attachedAt: NOW - 400 * DAY },
      'older than its profile allows',
    ],
  ])('ends when %s', (_, change, context, message) => {
    const found = problems({ ...FACE_CARD, ...change }, context);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`EXPIRED`);
    expect(found[0]).toContain(message);
  });

  it('counts on the day of its review, and tells of the end 30 days and 7 days before', () => {
    const at = (days: number) =>
      checkCard(
        { ...FACE_CARD, review_by: '2026-06-30' },
        { ...FACE_CONTEXT, now: Date.parse('2026-07-01T00:00:00Z') - days * DAY },
      ).expiry;
    expect(at(31)?.notice).toBeUndefined();
    expect(at(30)?.notice).toBe(30);
    expect(at(6)?.notice).toBe(7);
    expect(at(0.01)).toMatchObject({ notice: 7, expired: false });
    expect(at(0)).toMatchObject({ notice: 0, expired: true, because: 'review_by' });
    expect(
      checkCard(FACE_CARD, { ...FACE_CONTEXT, maxAgeDays: 0, attachedAt: 0 }).problems,
    ).toEqual([]);
  });

  it('may have a schema of its profile, which never takes the seven keys away', () => {
    const schema = { type: 'object', required: ['cost_centre'], properties: {} };
    expect(problems({ ...FACE_CARD, intended_use: 'short, but fine' }, { schema })).toEqual([
      "INVALID 'cost_centre' is missing.",
    ]);
    expect(problems({ cost_centre: 1 }, { schema })).toHaveLength(7);
    expect(problems(FACE_CARD, { schema: { type: 'no such type' } })[0]).toContain(
      'The JSON Schema can not be used',
    );
    expect(problems(FACE_CARD, { schema: { $ref: 'https://example.com/x' } })[0]).toContain(
      'can not be used',
    );
  });

  it('is matched by patterns in a time that grows with the text alone', () => {
    const schema = { properties: { notes: { pattern: '^(a+)+$' } } };
    expect(problems({ ...FACE_CARD, notes: `${'a'.repeat(50_000)}!` }, { schema })[0]).toContain(
      "'notes' must match pattern",
    );
  });

  it.each([[null], ['text'], [[1]], [42]])('is a map, not %j', (value) => {
    expect(checkCard(value, FACE_CONTEXT).problems[0]?.message).toBe(
      'A model card is a map of keys to values.',
    );
  });

  it('has the same digest in YAML and JSON, whatever the order', () => {
    const json = readCard(JSON.stringify(Object.fromEntries(Object.entries(FACE_CARD).reverse())));
    expect(json.kind === 'card' && cardDigest(json.card)).toBe(cardDigest(FACE_CARD));
    expect(cardDigest({ ...FACE_CARD, owner: 'x' })).not.toBe(cardDigest(FACE_CARD));
  });
});
