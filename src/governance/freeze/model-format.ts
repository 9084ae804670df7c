import type { Mlmodel } from '../model-folder/mlmodel.js';

/** How a model is stored, which says how safe it is to load. */
export type ModelFormat = 'onnx' | 'safetensors' | 'pickle' | 'other';

export interface FormatFacts {
  readonly format: ModelFormat;
  /** Files that run code when they are loaded, by their names or by what the flavors say. */
  readonly pickles: readonly string[];
}

/** Endings of files that Python loads by running what is in them. */
const PICKLES =
  /\.(?:pkl|pickle|joblib|dill|cloudpickle|pt|pth|ckpt)$|(?:^|\/)pytorch_model[^/]*\.bin$/i;

const PICKLING = ['pickle', 'cloudpickle', 'joblib', 'dill'];

/**
 * Tells the format of a model. One pickle makes a model a pickle, whatever lies beside it: only
 * a folder without any can be loaded without running what is in it.
 *
 * @param paths of all files, from the model's folder on
 * @param mlmodel what the `MLmodel` file says, if there is one that can be read
 */
export function formatOf(paths: readonly string[], mlmodel: Mlmodel | undefined): FormatFacts {
  const named = new Set(picklesNamedBy(mlmodel));
  const pickles = paths.filter((path) => PICKLES.test(path) || named.has(path)).sort();
  const has = (ending: RegExp) => paths.some((path) => ending.test(path));
  if (pickles.length > 0) return { format: 'pickle', pickles };
  if (has(/\.onnx$/i)) return { format: 'onnx', pickles };
  if (has(/\.safetensors$/i)) return { format: 'safetensors', pickles };
  return { format: 'other', pickles };
}

/** Files with any name that a flavor loads as a pickle. */
function picklesNamedBy(mlmodel: Mlmodel | undefined): string[] {
  const { python_function: pyfunc = {}, sklearn = {} } = mlmodel?.flavors ?? {};
  const named = [pyfunc.python_model];
  // Absent, it is a pickle: that is what the flavor began with.
  const way = sklearn.serialization_format ?? 'pickle';
  if (PICKLING.includes(String(way))) named.push(sklearn.pickled_model);
  return named.flatMap((path) => {
    // A model from code is a Python file, which is read by whoever reviews it.
    return typeof path === 'string' && !path.endsWith('.py') ? path : [];
  });
}
