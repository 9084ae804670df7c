import { invalidParameter, notFound } from '../../errors.js';
import type { Database } from '../../platform/db/database.js';
import type { OperationTable } from '../../platform/http/operation.js';
import { Reply, sendText } from '../../platform/http/reply.js';
import { checkModelName } from '../../registry/models/models.js';
import { parseVersion } from '../../registry/versions/versions.js';
import type { Profiles, StoredVersionFacts } from '../version-facts/version-facts.js';
import { type ComparedMetric, compare, toCsv } from './comparison.js';

export interface ComparisonOperationParts {
  readonly database: Database;
  readonly facts: Pick<StoredVersionFacts, 'factsOf'>;
  readonly profiles: Profiles;
}

const FORMATS: readonly string[] = ['json', 'csv'];

/** What a candidate is better or worse at than what serves. */
export const comparisonOperations = ({
  database,
  facts,
  profiles,
}: ComparisonOperationParts): OperationTable<'compareVersions'> => ({
  compareVersions: {
    access: 'read',
    of: 'model_version',
    id: ({ name }) => name,
    handler: async ({ name, candidate: text, champion: other, format = 'json' }) => {
      checkModelName(name);
      if (!FORMATS.includes(format)) {
        throw invalidParameter(`'format' is one of ${FORMATS.join(', ')}.`);
      }
      const read = database.scan;
      const version = parseVersion(name, text);
      const { metrics } = await facts.factsOf(read, name, version);
      const named = other === undefined ? undefined : parseVersion(name, other);
      const champion =
        named === undefined
          ? metrics.champion
          : {
              version: named,
              measured: (await facts.factsOf(read, name, named)).metrics.measured,
            };
      if (champion === undefined) {
        throw notFound(`No other version of ${name} is in Production: name one as 'champion'.`);
      }
      const { metrics: rules } = await profiles.profileOf(read, name);
      const compared = compare(champion, metrics.measured, rules);
      if (format === 'csv') {
        const file = `attachment; filename="versions-${champion.version}-${version}.csv"`;
        return new Reply((_, response) =>
          sendText(response, 200, 'text/csv; charset=utf-8', toCsv(compared), {
            'Content-Disposition': file,
            'X-Content-Type-Options': 'nosniff',
          }),
        );
      }
      return {
        ...{ model: name, champion: champion.version, candidate: version },
        metrics: compared.map(toWire),
      };
    },
  },
});

const toWire = ({ datasetDigest, isDerived, failures, ...row }: ComparedMetric) => ({
  metric: row.metric,
  ...(datasetDigest === undefined ? {} : { dataset_digest: datasetDigest }),
  ...(row.champion === undefined ? {} : { champion: row.champion }),
  ...(row.candidate === undefined ? {} : { candidate: row.candidate }),
  ...(row.difference === undefined ? {} : { difference: row.difference }),
  ...(row.percent === undefined ? {} : { percent: row.percent }),
  derived: isDerived,
  failures: [...failures],
});
