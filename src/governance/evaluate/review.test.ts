import { describe, expect, it } from 'vitest';
import { checkCard } from '../cards/check-card.js';
import { FACE_CARD, FACE_CONTEXT } from '../testing/cards.js';
import { DS, GOOD_VERSION, LEAD, promotion } from '../testing/facts.js';
import { reasons, TO_PRODUCTION } from '../testing/reasons.js';
import { evaluate } from './evaluate.js';

const serving = { ...GOOD_VERSION, stage: 'Production', servingCard: GOOD_VERSION.card };
const changed = checkCard({ ...FACE_CARD, license: 'mit' }, FACE_CONTEXT);

describe('a version that serves', () => {
  it('is promoted to where it is for nothing', () => {
    const { servingCard: _, ...same } = serving;
    expect(evaluate(promotion(DS, same), TO_PRODUCTION)).toMatchObject({
      ...{ allowed: true, obligations: [] },
    });
  });

  it('has another card reviewed as its promotion was', () => {
    const reviewed = { ...serving, card: changed };
    expect(reasons(promotion(DS, reviewed))).toEqual(['APPROVAL_REQUIRED']);
    const { allowed, obligations } = evaluate(promotion(LEAD, reviewed), TO_PRODUCTION);
    expect(allowed).toBe(true);
    expect(obligations).toContainEqual(
      expect.objectContaining({
        kind: 'record_approval',
        pins: expect.objectContaining({ card: changed.digest }),
      }),
    );
    const { owner: _, ...broken } = FACE_CARD;
    const unfit = { ...serving, card: checkCard(broken, FACE_CONTEXT) };
    expect(reasons(promotion(LEAD, unfit))).toEqual(['MODEL_CARD_INVALID']);
  });

  it('gets another name with the card that it serves with, whatever was attached since', () => {
    const alias = { kind: 'set_alias', alias: 'champion' } as const;
    const unfit = { ...serving, card: checkCard({}, FACE_CONTEXT) };
    expect(reasons(promotion(LEAD, unfit), alias)).toEqual([]);
  });
});
