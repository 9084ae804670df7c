import { PackageURL } from 'packageurl-js';
import { readDocument } from '../documents/read-document.js';
import { isObject } from '../documents/unfit.js';

/** A package that a model needs. */
export interface Dependency {
  readonly name: string;
  /** Only where one version is pinned. */
  readonly version?: string | undefined;
  /** As it was written. */
  readonly requirement: string;
  readonly purl: string;
}

const MOST = 2_000;
const LONGEST = 500;

/** `name[extra] == 1.2; marker`, as PEP 508 has it. */
const REQUIREMENT = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*([^;#]*)/;
const PINNED = /^={2,3}\s*([^\s,*]+)$/;

/** @returns the packages of a `requirements.txt`; options, paths and addresses are left out */
export function fromRequirements(text: string): readonly Dependency[] {
  const lines = text.replaceAll(/\\\r?\n/g, ' ').split(/\r?\n/);
  return unique(lines.slice(0, MOST).flatMap((line) => pypi(line)));
}

function pypi(line: string): Dependency[] {
  const requirement = line.replace(/(?:^|\s)#.*$/, '').trim();
  if (requirement === '' || requirement.length > LONGEST || /^[-./]|:\/\//.test(requirement)) {
    return [];
  }
  const found = REQUIREMENT.exec(requirement);
  if (found === null) return [];
  const [, written = '', specifier = ''] = found;
  if (specifier !== '' && !/^[<>=!~(]/.test(specifier)) return [];
  const name = written.toLowerCase().replaceAll(/[._-]+/g, '-');
  const version = PINNED.exec(specifier.replace(/--hash.*/, '').trim())?.[1];
  return [{ name, version, requirement, purl: purlOf('pypi', name, version) }];
}

/** @returns the packages of a `conda.yaml`, those that pip installs included */
export function fromConda(text: string | Uint8Array): readonly Dependency[] {
  const read = readDocument(text);
  if (!read.ok || !isObject(read.value)) return [];
  const { dependencies } = read.value;
  const listed = Array.isArray(dependencies) ? dependencies.slice(0, MOST) : [];
  return unique(
    listed.flatMap((one) => {
      if (typeof one === 'string') return conda(one);
      const pip = isObject(one) && Array.isArray(one.pip) ? one.pip.slice(0, MOST) : [];
      return pip.flatMap((line) => (typeof line === 'string' ? pypi(line) : []));
    }),
  );
}

function conda(text: string): Dependency[] {
  const requirement = text.replace(/^[\w./-]+::/, '').trim();
  const found = /^([A-Za-z0-9_][A-Za-z0-9._-]*)\s*(.*)$/.exec(requirement);
  if (found === null || requirement.length > LONGEST) return [];
  const [, written = '', specifier = ''] = found;
  const name = written.toLowerCase();
  const version = /^={1,2}\s*([^\s,*=<>]+)/.exec(specifier)?.[1];
  return [{ name, version, requirement, purl: purlOf('conda', name, version) }];
}

const purlOf = (type: string, name: string, version: string | undefined): string =>
  new PackageURL(type, undefined, name, version, undefined, undefined).toString();

/** @returns each package once; the first that names it counts */
export function unique(dependencies: readonly Dependency[]): readonly Dependency[] {
  const seen = new Set<string>();
  return dependencies.filter(({ purl, name }) => {
    const key = `${purl.slice(0, purl.indexOf('/'))}/${name}`;
    return !seen.has(key) && seen.add(key);
  });
}
