import { type FileDigest, isCard, rootDigestOf } from './manifest.js';

/** What says how to load a model and how to describe it, and is no part of what it has learned. */
const PACKAGING: readonly RegExp[] = [
  /^(?:metadata\/)?(?:MLmodel|requirements\.txt|conda\.ya?ml|python_env\.ya?ml)$/,
  /^(?:serving_)?input_example[\w.]*$/,
  /^(?:registered_model_meta|model\.sig|environment_variables\.txt)$/,
  /^artifacts\/MODEL_CARD\.(?:ya?ml|json|md)$/,
];

/**
 * The digest of what a model is made of, without its packaging: a version with the same weights
 * is the same model, described or packed anew.
 */
export const weightsDigestOf = (files: readonly FileDigest[]): string =>
  rootDigestOf(files.filter(({ path }) => !isCard(path) && !isPackaging(path)));

const isPackaging = (path: string): boolean => PACKAGING.some((pattern) => pattern.test(path));
