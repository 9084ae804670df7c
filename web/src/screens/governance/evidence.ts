import { useQuery } from '@tanstack/react-query';
import { formatTime, withShortDigests } from '../../shared/format.ts';
import { manifestQuery, semverQuery, versionQuery } from '../registry/registry-queries.ts';
import { useRun } from '../registry/use-run.ts';
import { cardQuery } from './governance-queries.ts';

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

/** By rule: what speaks for it, in a line. */
export function useEvidence(
  name: string,
  version: string,
): Readonly<Record<string, string | undefined>> {
  const manifest = useQuery(manifestQuery(name, version)).data;
  const card = useQuery({ ...cardQuery(name, version), retry: false }).data;
  const semver = useQuery(semverQuery(name, version)).data;
  const run = useRun(useQuery(versionQuery(name, version)).data?.run_id);
  const tag = (key: string) => run?.data?.tags?.find((each) => each.key === key)?.value;
  const commit = tag('mlflow.source.git.commit');
  const datasets = run?.inputs?.dataset_inputs?.map(({ dataset }) => dataset?.name) ?? [];
  const params = run?.data?.params?.length;
  const metrics = run?.data?.metrics?.length;
  return {
    files:
      manifest?.root_digest &&
      withShortDigests(`${counted(manifest.files?.length ?? 0, 'file')}, ${manifest.root_digest}`),
    card:
      card?.digest &&
      withShortDigests(
        `Risk ${(card.risk_rating ?? 'not rated').toLowerCase()}, ${card.expires ? `to be reviewed by ${formatTime(card.expires)}, ` : ''}${card.digest}`,
      ),
    lineage: commit && `Commit ${commit.slice(0, 12)}, data ${datasets.join(', ') || 'not named'}`,
    contract: tag('data_contract.uri'),
    hyperparameters:
      params === undefined ? undefined : `${counted(params, 'parameter')} of the run`,
    metrics: metrics === undefined ? undefined : `${counted(metrics, 'metric')} of the run`,
    number: semver?.semver && `It is ${semver.semver}`,
  };
}
