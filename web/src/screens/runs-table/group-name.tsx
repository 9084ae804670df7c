import { useQuery } from '@tanstack/react-query';
import { api, body } from '../../shared/api.ts';
import { PARENT } from './view.ts';

/** What a group is called: the value that its runs share, or the name of the run above them. */
export function GroupName({ group, value }: { readonly group: string; readonly value: string }) {
  const isParent = group === PARENT;
  const parent = useQuery({
    queryKey: ['run', value],
    enabled: isParent && value !== '',
    queryFn: () =>
      body(api.GET('/api/2.0/mlflow/runs/get', { params: { query: { run_id: value } } })),
  }).data;
  if (value === '') return <i>{isParent ? 'Runs without a parent' : 'Without a value'}</i>;
  return <b>{isParent ? (parent?.run?.info?.run_name ?? value) : value}</b>;
}
