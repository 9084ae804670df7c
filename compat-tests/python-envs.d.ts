/** What run.ts and servers.ts use of `scripts/python-envs.mjs`, which is plain JavaScript. */
declare module '*/scripts/python-envs.mjs' {
  export const CLIENT_VERSIONS: readonly string[];
  export const SKINNY_VERSIONS: readonly string[];
  export const AUTH_VERSIONS: readonly string[];
  export const ALL_VERSIONS: readonly string[];
  export function ensureEnvironment(version: string, log?: (line: string) => void): string;
  export function environmentProgram(version: string, name: string): string;
}
