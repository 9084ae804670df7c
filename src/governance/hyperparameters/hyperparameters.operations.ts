import { invalidParameter, notFound } from '../../errors.js';
import type { OperationTable } from '../../platform/http/operation.js';
import { checkModelName } from '../../registry/models/models.js';
import { fingerprintOf, type VersionDiff, versionDiffs } from '../gates/hyperparameters.js';
import { FIRST_VARIANTS, findVariants, type Variant, type VariantParts } from './variants.js';
import type { VariantPlace } from './variants.store.js';

const VERSIONS = 100;
const VARIANTS = 25;
const MOST = 1_000;
const MOST_VARIANTS = 100;

/** What changed from version to version, and what was trained and never registered. */
export function hyperparameterOperations(
  parts: VariantParts,
): OperationTable<'listHyperparameters'> {
  const { database, hyperparameters } = parts;
  return {
    listHyperparameters: {
      access: 'read',
      of: 'registered_model',
      id: ({ name }) => name,
      handler: async ({ name, after, max_results, page_token, variants_token }, { scope }) => {
        checkModelName(name);
        const limit = sizeOf(max_results, VERSIONS, MOST);
        const from = page_token ? readToken(page_token, ['v']).before : Number(after ?? 0);
        const place = variants_token ? placeIn(variants_token) : FIRST_VARIANTS;
        const model = await hyperparameters.modelKey(database.read, name);
        if (model === undefined) throw notFound(`Registered Model with name=${name} not found`);
        // From the last version of the page before on: the first difference begins there.
        const rows = await hyperparameters.versions(
          database.scan,
          name,
          Math.max(from - 1, 0),
          limit + 2,
        );
        const made = rows.map((row) => ({ ...row, fingerprint: fingerprintOf(row) }));
        const shown = made.filter(({ version }) => version > from).slice(0, limit);
        const last = shown.at(-1)?.version ?? from;
        const compared = made.filter(({ version }) => version >= from && version <= last);
        const hasMore = made.some(({ version }) => version > last);
        const size = Math.min(limit, MOST_VARIANTS, max_results === undefined ? VARIANTS : MOST);
        const found = await findVariants(parts, { id: model, name }, place, size, scope);
        return {
          versions: shown.map(({ version, fingerprint, params }) => ({
            ...{ version, fingerprint, params },
          })),
          diffs: versionDiffs(compared).map(diffToWire),
          ...(hasMore ? { next_page_token: tokenOf('v', last) } : {}),
          unregistered_variants: found.variants.map(variantToWire),
          ...(found.next === undefined
            ? {}
            : { next_variants_token: tokenOf(found.next.kind, found.next.before) }),
        };
      },
    },
  };
}

const diffToWire = ({ isOtherVariant, otherParts, ...diff }: VersionDiff) => ({
  ...diff,
  other_parts: [...otherParts],
  is_other_variant: isOtherVariant,
});

const variantToWire = (variant: Variant) => ({
  ...{ run_id: variant.runId, run_name: variant.runName, name: variant.name },
  ...(variant.modelId === undefined ? {} : { model_id: variant.modelId }),
  ...{ experiment_id: String(variant.experimentId), location: variant.location },
  ...(variant.createdBy === null ? {} : { created_by: variant.createdBy }),
  ...(variant.endTime === null ? {} : { end_time: variant.endTime }),
  ...{ fingerprint: variant.fingerprint, weights_known: variant.areWeightsKnown },
  params: variant.params,
});

function sizeOf(asked: unknown, usual: number, most: number): number {
  const size = Number(asked ?? usual);
  if (size >= 1 && size <= most) return size;
  throw invalidParameter(`'max_results' is a number from 1 to ${most}.`);
}

const tokenOf = (kind: string, before: number): string =>
  Buffer.from(`${kind}:${before}`).toString('base64url');

function readToken(token: string, kinds: readonly string[]) {
  const text = token.length > 100 ? '' : Buffer.from(token, 'base64url').toString();
  const [, kind = '', number = ''] = /^([a-z]+):([1-9]\d{0,15})$/.exec(text) ?? [];
  if (!kinds.includes(kind)) throw invalidParameter('Invalid page token');
  return { kind, before: Number(number) };
}

function placeIn(token: string): VariantPlace {
  const { kind, before } = readToken(token, ['logged', 'run']);
  return { kind: kind === 'run' ? 'run' : 'logged', before };
}
