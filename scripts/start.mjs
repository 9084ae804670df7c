/** `npm start`: from a fresh clone to a running server. Flags are handed on to the server. */
import { ensureBuilt, ensureInstalled, requireNode } from './prepare.mjs';

requireNode();
ensureInstalled();
ensureBuilt();
process.argv.splice(2, 0, 'server');
await import('../dist/server/main.js');
