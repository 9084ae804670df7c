import { describe, expect, it } from 'vitest';
import { evaluate } from '../evaluate/evaluate.js';
import type { PromotionFacts } from '../evaluate/facts.js';
import { STAGES } from '../policy/profile.js';
import { DS, ENFORCE, GOOD_VERSION, LEAD, promotion, request } from '../testing/facts.js';
import { asksOf, type Promotion } from './promotion-facts.js';
import { actionOf } from './promotion-passage.js';

const CHANGES: readonly Promotion[] = [
  ...STAGES.flatMap((to) =>
    [false, true].map(
      (archiveExisting) => ({ kind: 'stage', name: 'm', version: 7, to, archiveExisting }) as const,
    ),
  ),
  ...['mine', 'champion', 'challenger'].flatMap((alias) => [
    { kind: 'alias', name: 'm', version: 7, alias } as const,
    { kind: 'alias deletion', name: 'm', alias } as const,
  ]),
];

describe('what is not asked about a promotion', () => {
  const profiles = (['enforce', 'observe'] as const).map((mode) => ({ ...ENFORCE, mode }));
  const cases = profiles.flatMap((profile) =>
    STAGES.flatMap((stage) => [DS, LEAD].map((caller) => ({ profile, stage, caller }))),
  );

  it.each(cases)('decides nothing: $profile.mode from $stage by $caller.name', (one) => {
    const { profile, stage, caller } = one;
    for (const change of CHANGES) {
      const asks = asksOf(change, profile, stage);
      const target = change.kind === 'stage' ? change.to : `alias:${change.alias}`;
      const bare: PromotionFacts = {
        ...promotion(caller, {}, {}, profile),
        version: { ...GOOD_VERSION, stage, approvedFor: [], quarantinedAt: undefined },
        ...{ requests: [], archives: [], besides: [], aliases: [] },
        ...{ breakGlass: undefined, fallback: undefined },
        generation: { seen: 1, current: 1 },
      };
      const consent: Partial<PromotionFacts> = {
        requests: [request('someone', [], target)],
        archives: [{ version: 3, stage: change.kind === 'stage' ? change.to : 'None' }],
        breakGlass: { id: 'g', principal: caller.name, model: 'm', expiresAt: bare.now + 1 },
        generation: { seen: 1, current: 2 },
        version: { ...bare.version, quarantinedAt: 1, approvedFor: [target] },
      };
      const successor: Partial<PromotionFacts> = {
        besides: [{ version: 3, stage }],
        fallback: { version: 2, isLookedAt: false, passedOver: [] },
      };
      const all = {
        ...bare,
        ...(asks.consent ? {} : consent),
        ...(asks.successor || asks.consent ? {} : successor),
        ...(asks.successor || asks.consent ? {} : { aliases: [{ alias: 'champion', version: 7 }] }),
      };
      expect(evaluate(all, actionOf(change))).toEqual(evaluate(bare, actionOf(change)));
    }
  });
});
