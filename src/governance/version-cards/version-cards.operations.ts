import { notFound } from '../../errors.js';
import type { Database } from '../../platform/db/database.js';
import type { OperationTable } from '../../platform/http/operation.js';
import { readBytes } from '../../platform/http/read-body.js';
import { headersOf, Reply, sendJson, sendText } from '../../platform/http/reply.js';
import { checkModelName } from '../../registry/models/models.js';
import { parseVersion } from '../../registry/versions/versions.js';
import type { Card } from '../cards/card.js';
import { DEFAULT_CARD_SCHEMA } from '../cards/card-schema.js';
import { toHuggingFaceReadme } from '../cards/export-huggingface.js';
import { toSageMakerCard } from '../cards/export-sagemaker.js';
import type { CardLook } from '../version-facts/card-look.js';
import type { Profiles, StoredVersionFacts, VersionCard } from '../version-facts/version-facts.js';
import { cardExpectation, PENDING } from './card-expectation.js';
import type { CardStore } from './cards.store.js';
import { readNewCard, type VersionCardService } from './version-cards.service.js';

type Ids =
  | 'getCardSchema'
  | 'getVersionCard'
  | 'putVersionCard'
  | 'listVersionCardRevisions'
  | 'getVersionCardHtml'
  | 'getVersionCardHuggingFace'
  | 'getVersionCardSageMaker';

export interface VersionCardOperationParts {
  readonly database: Database;
  readonly facts: StoredVersionFacts;
  readonly cards: CardStore;
  readonly service: VersionCardService;
  readonly profiles: Profiles;
  /** Finds cards that have been put among the files. */
  readonly look: Pick<CardLook, 'renew'>;
}

/** Bytes of a card; its characters are counted when it is read. */
const LONGEST_CARD = 400_004;
const REVISIONS = 100;
/** The page is text and tables alone. */
const CSP = "default-src 'none'; style-src 'none'; base-uri 'none'; form-action 'none'; sandbox";

const byName = (input: { name: string }) => input.name;

/** Model cards over HTTP. Who may read or edit a version may read or edit its card. */
export function versionCardOperations(parts: VersionCardOperationParts): OperationTable<Ids> {
  const { database, facts, cards, service, profiles, look } = parts;
  const reading = { access: 'read', of: 'model_version', id: byName } as const;
  const find = async (name: string, text: string) => {
    checkModelName(name);
    const version = parseVersion(name, text);
    await look.renew(name, version);
    return facts.cardOf(database.read, name, version);
  };
  const exported = async (name: string, text: string) => {
    const version = parseVersion(name, text);
    const { resolved, semver } = await find(name, text);
    const { metrics } = await facts.factsOf(database.read, name, version);
    return {
      card: cardIn(resolved),
      version: { model: name, version, semver, metrics: metrics.measured },
    };
  };
  return {
    getCardSchema: {
      access: 'login',
      of: 'server',
      handler: async ({ model }) => {
        if (model === undefined) return DEFAULT_CARD_SCHEMA;
        const { card } = await profiles.profileOf(database.read, model);
        return card.schema ?? DEFAULT_CARD_SCHEMA;
      },
    },
    getVersionCard: {
      ...reading,
      handler: async ({ name, version }, { headers }) => {
        const found = await find(name, version);
        const { resolved } = found.pending ?? found;
        const mark = found.pending === undefined ? '' : PENDING;
        const tag = resolved.kind === 'card' ? `"${resolved.digest}${mark}"` : undefined;
        const body = toWire(found);
        return new Reply((_, response) => {
          if (tag === undefined) return sendJson(response, 200, body);
          if (headers['if-none-match'] === tag) {
            response.writeHead(304, headersOf(response, { ETag: tag }));
            response.end();
            return undefined;
          }
          const text = JSON.stringify(body);
          return sendText(response, 200, 'application/json', text, { ETag: tag });
        });
      },
    },
    putVersionCard: {
      access: 'edit',
      of: 'model_version',
      id: byName,
      handler: async ({ name, version, dry_run }, { body, hold, headers, caller, origin }) => {
        checkModelName(name);
        const number = parseVersion(name, version);
        const expected = cardExpectation(headers);
        const length = headers['content-length'];
        const text = await readBytes(
          body,
          LONGEST_CARD,
          Array.isArray(length) ? length[0] : length,
          hold,
        );
        if (dry_run === true) {
          return cardToWire(await facts.checkCard(database.read, name, number, readNewCard(text)));
        }
        if (expected !== undefined) await look.renew(name, number);
        const stored = await service.put(name, number, text, expected, { caller, origin });
        const found = await facts.cardOf(database.read, name, number);
        // What was stored: by now another one may be the newest.
        const tag = `"${stored.digest}"`;
        const answer = JSON.stringify({ revision: stored.revision, ...toWire(found) });
        return new Reply((_, response) =>
          sendText(response, 200, 'application/json', answer, { ETag: tag }),
        );
      },
    },
    listVersionCardRevisions: {
      ...reading,
      handler: async ({ name, version, before }) => {
        const { model, resolved, pending } = await find(name, version);
        const from = Math.min(Number(before ?? Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
        const number = parseVersion(name, version);
        const rows = await cards.history(database.read, model, number, from, REVISIONS);
        return {
          has_card: pending !== undefined || resolved.kind !== 'none',
          revisions: rows.map(({ revision, digest, author, place, creationTimestamp }) => ({
            ...{ revision, digest, place, creation_timestamp: creationTimestamp },
            ...(author === '' ? {} : { author }),
          })),
        };
      },
    },
    getVersionCardHtml: {
      ...reading,
      handler: async ({ name, version }) => {
        const { resolved } = await find(name, version);
        const { renderCardHtml } = await import('../cards/render-html.js');
        const html = `<!doctype html>\n<meta charset="utf-8">\n<title>Model card</title>\n${renderCardHtml(cardIn(resolved))}\n`;
        return new Reply((_, response) =>
          sendText(response, 200, 'text/html; charset=utf-8', html, {
            'Content-Security-Policy': CSP,
            'X-Content-Type-Options': 'nosniff',
          }),
        );
      },
    },
    getVersionCardHuggingFace: {
      ...reading,
      handler: async ({ name, version }) => {
        const found = await exported(name, version);
        const text = toHuggingFaceReadme(found.card, found.version);
        return new Reply((_, response) =>
          sendText(response, 200, 'text/markdown; charset=utf-8', text, {
            'X-Content-Type-Options': 'nosniff',
          }),
        );
      },
    },
    getVersionCardSageMaker: {
      ...reading,
      handler: async ({ name, version }) => {
        const found = await exported(name, version);
        return toSageMakerCard(found.card, found.version);
      },
    },
  };
}

function cardIn(resolved: VersionCard['resolved']): Card {
  if (resolved.kind === 'card') return resolved.card;
  throw notFound('The version has no model card that can be read');
}

/** @throws MlflowError 404 where there is no card at all */
const toWire = ({ pending, ...found }: VersionCard) => ({
  ...cardToWire(found),
  ...(pending === undefined ? {} : { pending_review: cardToWire(pending) }),
});

function cardToWire({ resolved, state, attachedAt }: NonNullable<VersionCard['pending']>) {
  if (resolved.kind === 'none') throw notFound('The version has no model card');
  return {
    place: resolved.place,
    ...(resolved.path === undefined ? {} : { path: resolved.path }),
    ...(resolved.kind === 'card' ? { card: resolved.card, digest: resolved.digest } : {}),
    attached_time: attachedAt,
    risk_rating: state.risk,
    ...(state.expiry?.at === undefined ? {} : { expires: state.expiry.at }),
    problems: state.problems.map((problem) => ({ ...problem })),
    conflicts: resolved.conflicts.map((conflict) => ({
      ...conflict,
      differing: [...conflict.differing],
    })),
  };
}
