import { setFlagsFromString } from 'node:v8';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { expect, it } from 'vitest';
import { Policies } from './policies.js';

type Callable = (...given: never[]) => unknown;

setFlagsFromString('--allow-natives-syntax');
/** @returns what V8 does to a function, by a name that is no JavaScript otherwise */
const native = (name: string) => new Function('one', `%${name}(one)`) as (one: Callable) => void;
const prepare = native('PrepareFunctionForOptimization');
const optimize = native('OptimizeFunctionOnNextCall');
const deoptimize = native('DeoptimizeFunction');

it('a question to Cedar outlives the code that asks it, which V8 may throw away meanwhile', () => {
  const { version } = new Policies();
  const ask = cedar.statefulIsAuthorized;
  const isAllowed = (during?: () => void) => {
    const user = { type: 'User', id: 'ann' };
    const thing = { type: 'Resource', id: 'experiment/1' };
    const answer = ask({
      // Cedar reads this while it is asked.
      get principal() {
        during?.();
        return user;
      },
      action: { type: 'Action', id: 'read' },
      resource: thing,
      context: {},
      preparsedPolicySetId: version,
      validateRequest: false,
      entities: [],
    });
    return answer.type;
  };
  prepare(ask);
  for (let round = 0; round < 500; round += 1) isAllowed();
  optimize(ask);
  isAllowed();
  // Where the call was inlined, the process ends here.
  expect(isAllowed(() => deoptimize(ask))).toBe('success');
});
