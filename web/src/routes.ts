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
import { type ComponentType, lazy } from 'react';
import { match, type Params } from './frame/router.ts';

/** A screen gets what stands in its path. */
export type Screen = ComponentType<{ params: Params }>;

export interface Route {
  /** Such as `/models/:name`; the first that fits is shown. */
  readonly pattern: string;
  readonly screen: Screen;
  /** Begins to load the screen, before it is shown. */
  readonly preload: () => void;
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
function load(screen: () => Promise<Screen>): Pick<Route, 'screen' | 'preload'> {
  let loading: Promise<{ default: Screen }> | undefined;
  const begin = () => {
    loading ??= screen().then((loaded) => ({ default: loaded }));
    return loading;
  };
  return { screen: lazy(begin), preload: () => void begin() };
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
    pattern: '/experiments/:experimentId/traces',
    ...load(async () => (await import('./screens/traces/traces-screen.tsx')).TracesScreen),
  },
  {
    pattern: '/experiments/:experimentId/traces/:traceId',
    ...load(async () => (await import('./screens/traces/trace-screen.tsx')).TraceScreen),
  },
  { pattern: '/experiments/:experimentId/*', ...runs },
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

/** Begins to load the screen of a path, so that its script comes with the first ones. */
export function preload(path: string): void {
  ROUTES.find(({ pattern }) => match(pattern, path === '/' ? HOME : path))?.preload();
}
