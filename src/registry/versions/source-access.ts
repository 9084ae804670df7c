import type { Requirement } from '../../platform/http/operation.js';

/** What a new version says it is made of. */
interface Made {
  readonly source?: string;
  readonly run_id?: string;
  readonly model_id?: string;
}

/**
 * What a caller must be able to read to make a version of it: a version opens its source to all
 * who may read the registered model. A copy of another version asks for that version alone, since
 * what it was made of stays behind its model.
 * Source: semantics-registry 8, "create version also needs READ".
 */
export function readsSources({ source = '', run_id, model_id }: Made): readonly Requirement[] {
  const reads = (of: Requirement['of'], id: string): Requirement => ({ access: 'read', of, id });
  const [, scheme = '', first = '', second] =
    /^(models|runs|mlflow-artifacts):(?:\/\/[^/]*)?\/*([^/?#]*)(?:\/([^?#]*))?/i.exec(source) ?? [];
  const kind = scheme.toLowerCase();
  // The folder of a workspace comes before that of an experiment; where a source lies is checked
  // with the run or model that it is made of.
  const experiment = first === 'workspaces' ? (second?.split('/')[1] ?? '') : first;
  if (kind === 'models' && second !== undefined) return [reads('model_version', first)];
  return [
    ...(kind === 'models' && first !== '' ? [reads('logged_model', first)] : []),
    ...(kind === 'runs' ? [reads('run', first)] : []),
    ...(kind === 'mlflow-artifacts' ? [reads('experiment', experiment)] : []),
    ...(run_id ? [reads('run', run_id)] : []),
    ...(model_id ? [reads('logged_model', model_id)] : []),
  ];
}
