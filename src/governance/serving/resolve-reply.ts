import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Call } from '../../platform/http/operation.js';
import { headersOf, Reply, sendText } from '../../platform/http/reply.js';
import { printJson } from '../../platform/http/wire-json.js';
import type { ChangeFeed } from './change-feed.js';
import { type ModelUri, selectorText, uriOf } from './model-uri.js';
import type { Resolution, Resolver, ServedVersion } from './resolver.js';
import type { Seats } from './seats.js';
import type { StillAllowed } from './still-allowed.js';

/** Seconds that a caller may wait at most. */
export const MAX_WAIT = 60;

export interface ResolveParts {
  readonly resolver: Resolver;
  readonly feed: ChangeFeed;
  /** Of those who wait. */
  readonly waiting: Seats;
  readonly stillAllowed: StillAllowed;
  /** Is told which version was handed to whom. */
  readonly loaded: (call: Call, name: string, version: number) => void;
  /** What all paths of this server begin with. */
  readonly prefix: string;
}

export interface Asked {
  readonly uri: ModelUri;
  /** Milliseconds. */
  readonly wait: number;
  /** The generation that the caller knows. */
  readonly known: number | undefined;
}

/** Answers which version a URI means, at once or as soon as that may be another one. */
export const resolveReply = (parts: ResolveParts, asked: Asked, call: Call): Reply<never> =>
  new Reply(async (request, response) => {
    const { resolver, stillAllowed } = parts;
    const { uri, wait } = asked;
    const seen = knownGenerations(request);
    const known = asked.known ?? seen.at(-1);
    if (wait > 0 && known !== undefined) {
      // What may come to a stage is worth waiting for; what may become of no model is not.
      await resolver.checkAny(uri);
      await waitForChange(parts, { name: uri.name, known, wait }, response);
      if (response.destroyed) return;
      // It may be a minute since the caller was let in.
      await stillAllowed(request, uri.name);
    }
    const current = seen.length === 0 ? undefined : await resolver.generation(uri.name);
    if (current !== undefined && seen.includes(current)) {
      // What the URI yields is known; whether it yields anything is not asked again.
      response.writeHead(304, headersOf(response, tagged(current))).end();
      return;
    }
    await sendResolution(parts, uri, { request, response, call });
  });

async function sendResolution(
  { resolver, loaded, prefix }: ResolveParts,
  uri: ModelUri,
  { request, response, call }: { request: IncomingMessage; response: ServerResponse; call: Call },
): Promise<void> {
  const found = await resolver.resolve(uri, call);
  if (!isBrowser(call)) loaded(call, uri.name, found.current.version);
  const base = `${originOf(request)}${prefix}`;
  const text = printJson(toWire(found, base));
  sendText(response, 200, 'application/json', text, tagged(found.generation));
}

/** Whoever looks at a page that says what is served loads nothing. */
const isBrowser = ({ caller, origin }: Call): boolean =>
  caller.method === 'session' || /^Mozilla\//.test(origin.userAgent ?? '');

const tagged = (generation: number) => ({
  ETag: `"g${generation}"`,
  'Cache-Control': 'private, no-cache',
});

/** @returns the generations that the request names as known, by `If-None-Match`, in their order */
function knownGenerations({ headers }: IncomingMessage): readonly number[] {
  const named = (headers['if-none-match'] ?? '').matchAll(/(?:^|[\s,])(?:W\/)?"g(\d{1,15})"/g);
  return [...named].map(([, generation]) => Number(generation)).sort((a, b) => a - b);
}

/** Resolves when the model has another generation, the time is up, or nobody waits any more. */
async function waitForChange(
  { feed, resolver, waiting }: ResolveParts,
  { name, known, wait }: { readonly name: string; readonly known: number; readonly wait: number },
  response: ServerResponse,
): Promise<void> {
  const leave = waiting.take();
  let timer: NodeJS.Timeout | undefined;
  let wake: () => void = () => undefined;
  const changed = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const listener = {
    changed: (changes: readonly { readonly model: string; readonly generation: number }[]) => {
      const isNew = changes.some(({ model, generation }) => model === name && generation !== known);
      if (isNew) wake();
    },
    ended: () => wake(),
  };
  try {
    response.once('close', wake);
    timer = setTimeout(wake, wait);
    await feed.listen(listener);
    // A change from before is none that will be told.
    if ((await resolver.generation(name)) === known) await changed;
  } finally {
    clearTimeout(timer);
    feed.leave(listener);
    leave();
  }
}

/** Where the caller has reached this server. */
export function originOf({ headers, socket }: IncomingMessage): string {
  const forwarded = headers['x-forwarded-proto'];
  const isTls = forwarded === 'https' || 'encrypted' in socket;
  return `${isTls ? 'https' : 'http'}://${headers.host ?? 'localhost'}`;
}

function toWire({ uri, generation, current, previous }: Resolution, base: string) {
  return {
    ...{ uri: uriOf(uri), name: uri.name, selector: selectorText(uri.selector), generation },
    ...servedToWire(uri.name, current, base),
    ...(previous === undefined ? {} : { previous: servedToWire(uri.name, previous, base) }),
  };
}

function servedToWire(name: string, served: ServedVersion, base: string) {
  const { version, stage, status, artifactUri, aliases } = served;
  const { semver, rootDigest, isSigned, cardDigest } = served;
  const path = encodeURIComponent(name);
  return {
    ...{ version: String(version), stage, status, artifact_uri: artifactUri },
    aliases: [...aliases],
    archive_url: `${base}/serve/${path}/${version}/model.tar.gz`,
    ...(semver === undefined ? {} : { semver }),
    ...(rootDigest === undefined ? {} : { root_digest: rootDigest }),
    ...(cardDigest === undefined ? {} : { card_digest: cardDigest }),
    ...(isSigned
      ? {
          signature_url: `${base}/api/governance/v1/models/${path}/versions/${version}/signature`,
        }
      : {}),
  };
}
