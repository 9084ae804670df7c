import { invalidParameter } from '../errors.js';
import { readings } from './percent.js';

const MAX_PATH_BYTES = 4_096;
const MAX_SEGMENT_BYTES = 255;

/** Names that Windows reads as something else: other separators, streams, dropped endings. */
const UNFIT_FOR_WINDOWS = /[\\:]|[. ](?:\/|$)/;

/**
 * A path of an artifact below some root: plain segments without `.`, `..` or empty ones. It is
 * the only form in which client text reaches a backend, and {@link SafePath.parse} is the only
 * way to make one, so no path can be judged in one spelling and used in another.
 */
export class SafePath {
  static readonly ROOT = new SafePath([]);
  readonly #segments: readonly string[];

  private constructor(segments: readonly string[]) {
    this.#segments = segments;
  }

  /**
   * Reads client text that the router has decoded once. What still looks percent-encoded then
   * is a literal name, unless decoding it further would lead out of the root. A backslash is an
   * ordinary character, as it is on POSIX, unless it would climb or be absolute on Windows.
   *
   * @throws MlflowError 400 `Invalid path`
   */
  static parse(text: string): SafePath {
    if (Buffer.byteLength(text) > MAX_PATH_BYTES || isHostile(text)) throw invalidPath();
    const segments = text.split('/').filter((segment) => segment !== '' && segment !== '.');
    // Without its detours a path may show another face: `./%2f` becomes `%2f`.
    if (isHostile(segments.join('/')) || segments.some(isTooLong)) throw invalidPath();
    return segments.length === 0 ? SafePath.ROOT : new SafePath(segments);
  }

  get segments(): readonly string[] {
    return this.#segments;
  }

  get isRoot(): boolean {
    return this.#segments.length === 0;
  }

  /** The last segment; empty for the root. */
  get name(): string {
    return this.#segments.at(-1) ?? '';
  }

  /** The path as clients see it, with slashes. */
  get text(): string {
    return this.#segments.join('/');
  }

  join(below: SafePath): SafePath {
    return new SafePath([...this.#segments, ...below.#segments]);
  }
}

/** 400 in MLflow's words; which rule was broken would only help an attacker. */
export const invalidPath = () => invalidParameter('Invalid path');

const isTooLong = (segment: string): boolean => Buffer.byteLength(segment) > MAX_SEGMENT_BYTES;

/** Would any reading of the text, decoded or not, lead elsewhere than a name in the root does? */
const isHostile = (text: string): boolean =>
  // A client's image name may hold `%17` as it is: what it would decode to is no control byte yet.
  /[\p{Cc}\p{Cs}]/u.test(text) || (readings(text)?.some(leadsAstray) ?? true);

const leadsAstray = (text: string): boolean =>
  /[\0#]/.test(text) ||
  /^(?:[/\\]|file:|[a-z]:(?:[/\\]|$))/i.test(text) ||
  text.split(/[/\\]/).includes('..') ||
  (process.platform === 'win32' && UNFIT_FOR_WINDOWS.test(text));
