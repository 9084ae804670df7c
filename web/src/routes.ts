import {
  Bell,
  FlaskConical,
  Inbox,
  type LucideIcon,
  MessageSquareText,
  Package,
  Scale,
  ScrollText,
  Settings,
} from 'lucide-react';
import type { ComponentType } from 'react';
import { match, type Params, type Place } from './frame/router.ts';
import { prefetchRuns } from './screens/runs-table/runs-query.ts';
import { queryClient } from './shared/query-client.ts';

/** A screen gets what stands in its path. */
export type Screen = ComponentType<{ params: Params }>;

/** A screen whose script comes when it is asked for. */
export interface LoadedScreen {
  /** Begins to load the screen, before it is shown; the same promise each time. */
  readonly load: () => Promise<Screen>;
  /** The screen, once it is here. */
  readonly ready: () => Screen | undefined;
}

export interface Route extends LoadedScreen {
  /** Such as `/models/:name`; the first that fits is shown. */
  readonly pattern: string;
  /** Asks for what the screen shows first, so that it comes together with the screen's script. */
  readonly prefetch?: (params: Params, search: URLSearchParams) => void;
}

/** An entry of the menu. */
export interface Area {
  readonly label: string;
  readonly path: string;
  /** Beginnings of paths that belong to it. */
  readonly holds: readonly string[];
  readonly icon: LucideIcon;
}

/** A screen whose script is loaded when it is first shown, or a little before. */
function load(screen: () => Promise<Screen>): LoadedScreen {
  let loading: Promise<Screen> | undefined;
  let loaded: Screen | undefined;
  return {
    load: () => {
      loading ??= screen().then(
        (found) => {
          loaded = found;
          return found;
        },
        (error: unknown) => {
          loading = undefined;
          throw error;
        },
      );
      return loading;
    },
    ready: () => loaded,
  };
}

const runs = load(async () => (await import('./screens/runs-table/runs-screen.tsx')).RunsScreen);
const run = load(async () => (await import('./screens/run/run-screen.tsx')).RunScreen);

/** All screens. The paths are those that MLflow's clients print. */
export const ROUTES: readonly Route[] = [
  {
    pattern: '/experiments',
    ...load(
      async () => (await import('./screens/experiments/experiments-screen.tsx')).ExperimentsScreen,
    ),
  },
  { pattern: '/experiments/:experimentId/runs/:runId/*', ...run },
  {
    pattern: '/experiments/:experimentId/evaluation-runs',
    ...load(async () => (await import('./screens/run/evaluation-run.tsx')).EvaluationRun),
  },
  {
    pattern: '/experiments/:experimentId/traces',
    ...load(async () => (await import('./screens/traces/traces-screen.tsx')).TracesScreen),
  },
  {
    pattern: '/experiments/:experimentId/traces/:traceId',
    ...load(async () => (await import('./screens/traces/trace-screen.tsx')).TraceScreen),
  },
  {
    pattern: '/experiments/:experimentId/*',
    prefetch: ({ experimentId = '' }, search) => prefetchRuns(queryClient, experimentId, search),
    ...runs,
  },
  {
    pattern: '/compare-runs',
    ...load(async () => (await import('./screens/compare/compare-screen.tsx')).CompareScreen),
  },
  {
    pattern: '/models',
    ...load(async () => (await import('./screens/registry/models-screen.tsx')).ModelsScreen),
  },
  {
    pattern: '/models/:name',
    ...load(async () => (await import('./screens/registry/model-screen.tsx')).ModelScreen),
  },
  {
    pattern: '/models/:name/versions/:version/readiness',
    ...load(
      async () => (await import('./screens/governance/readiness-screen.tsx')).ReadinessScreen,
    ),
  },
  {
    pattern: '/inbox',
    ...load(async () => (await import('./screens/governance/inbox-screen.tsx')).InboxScreen),
  },
  {
    pattern: '/policies',
    ...load(async () => (await import('./screens/governance/policies-screen.tsx')).PoliciesScreen),
  },
  {
    pattern: '/audit',
    ...load(async () => (await import('./screens/oversight/audit-screen.tsx')).AuditScreen),
  },
  {
    pattern: '/admin',
    ...load(async () => (await import('./screens/admin/admin-screen.tsx')).AdminScreen),
  },
  {
    pattern: '/prompts',
    ...load(async () => (await import('./screens/prompts/prompts-screen.tsx')).PromptsScreen),
  },
  {
    pattern: '/prompts/:name',
    ...load(async () => (await import('./screens/prompts/prompt-screen.tsx')).PromptScreen),
  },
  {
    pattern: '/alerts',
    ...load(async () => (await import('./screens/oversight/alerts-screen.tsx')).AlertsScreen),
  },
  {
    pattern: '/models/:name/versions/:version/*',
    ...load(async () => (await import('./screens/registry/version-screen.tsx')).VersionScreen),
  },
];

export const HOME = '/experiments';

export const AREAS: readonly Area[] = [
  {
    label: 'Experiments',
    path: '/experiments',
    holds: ['/experiments', '/compare-runs'],
    icon: FlaskConical,
  },
  { label: 'Models', path: '/models', holds: ['/models'], icon: Package },
  { label: 'Prompts', path: '/prompts', holds: ['/prompts'], icon: MessageSquareText },
  { label: 'Inbox', path: '/inbox', holds: ['/inbox'], icon: Inbox },
  { label: 'Policies', path: '/policies', holds: ['/policies'], icon: Scale },
  { label: 'Alerts', path: '/alerts', holds: ['/alerts'], icon: Bell },
  { label: 'Audit log', path: '/audit', holds: ['/audit'], icon: ScrollText },
  { label: 'Administration', path: '/admin', holds: ['/admin'], icon: Settings },
];

/** Begins to load a screen and what it shows, before anything is drawn. */
export function preload({ path, search }: Place): void {
  for (const { pattern, load: begin, prefetch } of ROUTES) {
    const params = match(pattern, path === '/' ? HOME : path);
    if (params === undefined) continue;
    prefetch?.(params, search);
    // What fails is asked for again, and told of, when it is shown.
    begin().catch(() => undefined);
    return;
  }
}
