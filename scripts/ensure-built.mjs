/** Builds dist/ unless it is newer than its sources. */
import { ensureBuilt } from './prepare.mjs';

ensureBuilt();
