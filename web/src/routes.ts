import { FlaskConical, type LucideIcon, Package } from 'lucide-react';
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
];

/** Begins to load the screen of a path, so that its script comes with the first ones. */
export function preload(path: string): void {
  ROUTES.find(({ pattern }) => match(pattern, path === '/' ? HOME : path))?.preload();
}
