import { invalidParameter, type MlflowError } from '../errors.js';
import { BlockedAddress } from '../platform/outgoing/outgoing-policy.js';
import { checkLength } from '../platform/rules/names.js';

/** How receivers of our own are spoken to: they are on this machine. */
export const OWN_SCHEMES = ['http'];

const MAX_URL = 2_048;
const SCHEME = /^\s*([a-z][a-z0-9+.-]*):/i;
/** The standard's parser would take a host from the path where this is empty. */
const HOST = /^\s*[a-z][a-z0-9+.-]*:\/\/(?:[^/?#\\]*@)?[^/?#\\:@]/i;

/**
 * Reads where a webhook is to be sent. From here on the parsed URL is what counts, so nothing can
 * be judged in one spelling and used in another.
 *
 * @throws MlflowError 400 in MLflow's wording
 */
export function parseTarget(text: string, schemes: readonly string[]): URL {
  if (text.trim() === '') {
    throw invalidParameter(`Webhook URL cannot be empty or just whitespace: '${text}'`);
  }
  checkLength(text, 'url', MAX_URL);
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase() ?? '';
  if (!schemes.includes(scheme)) {
    const allowed = [...schemes].sort().join(', ');
    throw invalidParameter(
      `Invalid webhook URL scheme: '${scheme}'. Allowed schemes are: ${allowed}.`,
    );
  }
  if (!HOST.test(text)) throw invalidParameter(`Webhook URL must include a hostname: '${text}'`);
  if (!URL.canParse(text)) throw invalidParameter(`Webhook URL is not a valid URL: '${text}'`);
  return new URL(text);
}

/** What Python says of a name that leads nowhere; its users know it by these words. */
const LOOK_UP_FAILURES: Readonly<Record<string, string>> = {
  ENOTFOUND: '[Errno -2] Name or service not known',
  EAI_AGAIN: '[Errno -3] Temporary failure in name resolution',
};

/** @returns the refusal of a target that can't be resolved, or that leads where it may not */
export function explainTarget(error: unknown, { hostname }: URL): MlflowError {
  if (error instanceof BlockedAddress) {
    const host = hostname.replace(/^\[(.*)\]$/, '$1');
    return invalidParameter(
      `Webhook URL must not resolve to a non-public IP address. '${host}' resolves to ${error.address}.`,
    );
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const why = LOOK_UP_FAILURES[code] ?? 'the name can not be looked up';
  return invalidParameter(`Cannot resolve Webhook URL hostname '${hostname}': ${why}`);
}
