import { useQuery } from '@tanstack/react-query';
import {
  Boxes,
  Database,
  FlaskConical,
  type LucideIcon,
  Package,
  Radio,
  Users,
} from 'lucide-react';
import { type ReactNode, useMemo, useRef } from 'react';
import { path } from '../../frame/router.ts';
import type { Schema } from '../../shared/api.ts';
import { formatAgo, formatTime } from '../../shared/format.ts';
import { Asked } from '../../shared/ui/asked.tsx';
import { Badge } from '../../shared/ui/badge.tsx';
import { LineageEdges } from './lineage-edges.tsx';
import { type LineageNode, type Step, stepsOf } from './lineage-graph.ts';
import { consumersQuery, lineageQuery, liveNowQuery, type Version } from './registry-queries.ts';

const HEADS: Readonly<Record<Step, readonly [title: string, icon: LucideIcon, none: string]>> = {
  data: ['Data', Database, 'No datasets were logged.'],
  run: ['Run', FlaskConical, 'No run is named.'],
  model: ['Model', Boxes, 'No files are named.'],
  version: ['Version', Package, ''],
  served: ['Served as', Radio, 'In no stage, and under no alias.'],
  consumers: ['Consumers', Users, 'Nobody has loaded it.'],
};
const COLUMNS: readonly (readonly Step[])[] = [
  ['data'],
  ['run'],
  ['model'],
  ['version'],
  ['served', 'consumers'],
];
const FLAGS: Readonly<Record<string, string>> = {
  unapproved: 'Never approved',
  not_live: 'Not live any more',
  quarantined: 'Quarantined',
};

/** From data through a run and a model to a version, and to those who load that. */
export function Lineage({ name, version }: { readonly name: string; readonly version: Version }) {
  const number = version.version ?? '';
  const query = useQuery(lineageQuery(name, number));
  return (
    <Asked query={query}>{(graph) => <Graph name={name} version={number} graph={graph} />}</Asked>
  );
}

function Graph({
  name,
  version,
  graph,
}: {
  readonly name: string;
  readonly version: string;
  readonly graph: Schema<'VersionLineage'>;
}) {
  const box = useRef<HTMLDivElement>(null);
  const self = `version:${name}/${version}`;
  const steps = useMemo(() => stepsOf(graph, self), [graph, self]);
  const edges = graph.edges ?? NONE;
  return (
    <div className="lineage" ref={box}>
      <LineageEdges box={box} edges={edges} />
      {COLUMNS.map((column) => (
        <div key={column[0]} className="lineage-column">
          {column.map((step) => {
            const [title, Icon, none] = HEADS[step];
            return (
              <section key={step} className="step" aria-label={title}>
                <h2>
                  <Icon size={16} aria-hidden />
                  {title}
                </h2>
                {steps[step].map((node) => (
                  <Thing key={node.id} node={node} here={node.id === self}>
                    <About node={node} name={name} version={version} />
                  </Thing>
                ))}
                {steps[step].length === 0 ? <p className="muted">{none}</p> : null}
                {step === 'data' && graph.next_page_token ? (
                  <p className="muted">There are more.</p>
                ) : null}
              </section>
            );
          })}
        </div>
      ))}
    </div>
  );
}

const NONE: readonly never[] = [];

/** What is known of a thing, in a line or two. */
function About({
  node,
  name,
  version,
}: {
  readonly node: LineageNode;
  readonly name: string;
  readonly version: string;
}) {
  const { kind = '', facts = {} } = node;
  const fact = (key: string) => (facts[key] === undefined ? '' : String(facts[key]));
  switch (kind) {
    case 'dataset':
      return (
        <>
          <code>{fact('digest')}</code> {fact('context')}
        </>
      );
    case 'run':
      return (
        <>
          {formatTime(facts.start_time)}
          {fact('principal') ? `, by ${fact('principal')}` : ''}
        </>
      );
    case 'logged_model':
      return <code>{(node.id ?? '').replace('logged_model:', '')}</code>;
    case 'version':
      return (
        <>
          {fact('semver')}
          {fact('registered_by') ? ` by ${fact('registered_by')}` : ''}
        </>
      );
    case 'consumer':
      return <Loads node={node} name={name} version={version} />;
    case 'stage':
    case 'alias':
      return <Since node={node} name={name} version={version} />;
    default:
      return null;
  }
}

interface OfVersion {
  readonly node: LineageNode;
  readonly name: string;
  readonly version: string;
}

function Since({ node, name, version }: OfVersion) {
  const live = useQuery(liveNowQuery(name)).data?.live ?? [];
  const one = live.find(
    (each) =>
      each.version === version &&
      (node.kind === 'alias' ? each.alias === node.name : each.stage === node.name),
  );
  if (one === undefined) return null;
  return (
    <>
      since {formatTime(one.from)}
      {one.entered_by ? `, by ${one.entered_by}` : ''}
    </>
  );
}

function Loads({ node, name, version }: OfVersion) {
  const consumers = useQuery(consumersQuery(name)).data?.consumers ?? [];
  const flags = consumers
    .filter((one) => one.principal === node.name && one.version === version)
    .flatMap((one) => one.flags ?? []);
  const loads = Number(node.facts?.loads);
  return (
    <>
      {loads} {loads === 1 ? 'load' : 'loads'}, last {formatAgo(node.facts?.last_loaded)}
      {node.facts?.user_agent ? <small>{String(node.facts.user_agent)}</small> : null}
      {[...new Set(flags)].map((flag) => (
        <Badge key={flag} tone="warn">
          {FLAGS[flag] ?? flag}
        </Badge>
      ))}
    </>
  );
}

function Thing({
  node,
  here,
  children,
}: {
  readonly node: LineageNode;
  readonly here: boolean;
  readonly children: ReactNode;
}) {
  const title = titleOf(node);
  const to = here ? undefined : addressOf(node);
  return (
    <div className={here ? 'thing here' : 'thing'} data-node={node.id}>
      <b>{to === undefined ? title : <a href={`#${to}`}>{title}</a>}</b>
      <span className="muted">{children}</span>
    </div>
  );
}

function titleOf({ kind, name = '' }: LineageNode): string {
  if (kind === 'alias') return `@${name}`;
  if (kind !== 'version') return name;
  const slash = name.lastIndexOf('/');
  return `${name.slice(0, slash)}, version ${name.slice(slash + 1)}`;
}

function addressOf({ id = '', kind, name = '', facts = {} }: LineageNode): string | undefined {
  if (kind === 'run') {
    return path`/experiments/${String(facts.experiment_id ?? '0')}/runs/${id.replace('run:', '')}`;
  }
  if (kind !== 'version') return undefined;
  const slash = name.lastIndexOf('/');
  return path`/models/${name.slice(0, slash)}/versions/${name.slice(slash + 1)}`;
}
