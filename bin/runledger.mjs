#!/usr/bin/env node
import { existsSync } from 'node:fs';

// A clone has its sources beside it and is built on demand; a package comes built.
const prepare = new URL('../scripts/prepare.mjs', import.meta.url);
if (existsSync(prepare)) {
  const { ensureBuilt, ensureInstalled, requireNode } = await import(prepare.href);
  requireNode();
  ensureInstalled();
  ensureBuilt();
}
await import('../dist/server/main.js');
