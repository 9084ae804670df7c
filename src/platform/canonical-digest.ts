import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.js';

/** @returns SHA-256 of the UTF-8 bytes of the value's canonical JSON, in 64 hexadecimal digits */
export const canonicalDigest = (value: unknown): string =>
  createHash('sha256').update(canonicalJson(value), 'utf8').digest('hex');
