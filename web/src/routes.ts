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
import type { Params } from './frame/router.ts';

/** A screen gets what stands in its path. */
export type Screen = ComponentType<{ params: Params }>;

export interface Route {
  /** Such as `/models/:name`; the first that fits is shown. */
  readonly pattern: string;
  readonly screen: Screen;
}

/** An entry of the menu. */
export interface Area {
  readonly label: string;
  readonly path: string;
  /** Beginnings of paths that belong to it. */
  readonly holds: readonly string[];
  readonly icon: LucideIcon;
}

const load = (screen: () => Promise<Screen>): Screen =>
  lazy(async () => ({ default: await screen() }));

const runs = load(async () => (await import('./screens/runs-table/runs-screen.tsx')).RunsScreen);
const run = load(async () => (await import('./screens/run/run-screen.tsx')).RunScreen);

/** All screens. The paths are those that MLflow's clients print. */
export const ROUTES: readonly Route[] = [
  {
    pattern: '/experiments',
    screen: load(
      async () => (await import('./screens/experiments/experiments-screen.tsx')).ExperimentsScreen,
    ),
  },
  { pattern: '/experiments/:experimentId/runs/:runId/*', screen: run },
  {
    pattern: '/experiments/:experimentId/traces',
    screen: load(async () => (await import('./screens/traces/traces-screen.tsx')).TracesScreen),
  },
  {
    pattern: '/experiments/:experimentId/traces/:traceId',
    screen: load(async () => (await import('./screens/traces/trace-screen.tsx')).TraceScreen),
  },
  { pattern: '/experiments/:experimentId/*', screen: runs },
  {
    pattern: '/compare-runs',
    screen: load(async () => (await import('./screens/compare/compare-screen.tsx')).CompareScreen),
  },
  {
    pattern: '/models',
    screen: load(async () => (await import('./screens/registry/models-screen.tsx')).ModelsScreen),
  },
  {
    pattern: '/models/:name',
    screen: load(async () => (await import('./screens/registry/model-screen.tsx')).ModelScreen),
  },
  {
    pattern: '/models/:name/versions/:version/readiness',
    screen: load(
      async () => (await import('./screens/governance/readiness-screen.tsx')).ReadinessScreen,
    ),
  },
  {
    pattern: '/inbox',
    screen: load(async () => (await import('./screens/governance/inbox-screen.tsx')).InboxScreen),
  },
  {
    pattern: '/policies',
    screen: load(
      async () => (await import('./screens/governance/policies-screen.tsx')).PoliciesScreen,
    ),
  },
  {
    pattern: '/audit',
    screen: load(async () => (await import('./screens/oversight/audit-screen.tsx')).AuditScreen),
  },
  {
    pattern: '/admin',
    screen: load(async () => (await import('./screens/admin/admin-screen.tsx')).AdminScreen),
  },
  {
    pattern: '/prompts',
    screen: load(async () => (await import('./screens/prompts/prompts-screen.tsx')).PromptsScreen),
  },
  {
    pattern: '/prompts/:name',
    screen: load(async () => (await import('./screens/prompts/prompt-screen.tsx')).PromptScreen),
  },
  {
    pattern: '/alerts',
    screen: load(async () => (await import('./screens/oversight/alerts-screen.tsx')).AlertsScreen),
  },
  {
    pattern: '/models/:name/versions/:version/*',
    screen: load(async () => (await import('./screens/registry/version-screen.tsx')).VersionScreen),
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
