import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/db/database.js';
import type { Trail } from '../platform/trail.js';
import { SetupService } from './setup/setup.service.js';
import { SetupStore } from './setup/setup.store.js';
import { SetupGuesses } from './setup/setup-guesses.js';
import { SignInStore } from './sign-in/sign-in.store.js';
import type { Denials } from './sign-in/sign-in-watch.js';
import { TokenService } from './tokens/tokens.service.js';
import { TokenStore } from './tokens/tokens.store.js';
import { UserStore } from './users/users.store.js';

/** What of signing in the table of operations needs. */
export function signInSlices(database: Database, trail: Trail & Denials, now: Clock) {
  const users = new UserStore(database);
  return {
    tokens: new TokenService({ database, users, tokens: new TokenStore(database), trail, now }),
    setup: new SetupService({
      ...{ database, users, store: new SetupStore(), trail, now },
      guesses: new SetupGuesses({
        database,
        denials: trail,
        store: new SignInStore(database),
        now,
      }),
    }),
  };
}
