import { cardFiles, type FileDigest, type Manifest, rootDigestOf } from '../freeze/manifest.js';

export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
export const PREDICATE_TYPE = 'https://model_signing/signature/v1.0';

/** What a model signature of OpenSSF says: the files of a model with their digests. */
export interface ModelStatement {
  readonly _type: typeof STATEMENT_TYPE;
  readonly subject: readonly [{ readonly name: string; readonly digest: { sha256: string } }];
  readonly predicateType: typeof PREDICATE_TYPE;
  readonly predicate: {
    readonly serialization: {
      readonly method: 'files';
      readonly hash_type: 'sha256';
      readonly allow_symlinks: false;
      readonly ignore_paths: readonly string[];
    };
    readonly resources: readonly {
      readonly name: string;
      readonly algorithm: 'sha256';
      readonly digest: string;
    }[];
  };
}

/** Where the signature itself lies by custom, and what verifiers leave out by default. */
const NEVER_SIGNED = ['model.sig', '.git', '.gitattributes', '.github', '.gitignore'];

/** @param name how the model and its version are called in the signature */
export function modelStatement(name: string, manifest: Manifest): ModelStatement {
  const files = manifest.files.filter(isSigned);
  return {
    _type: STATEMENT_TYPE,
    subject: [{ name, digest: { sha256: rootDigestOf(files) } }],
    predicateType: PREDICATE_TYPE,
    predicate: {
      serialization: {
        method: 'files',
        hash_type: 'sha256',
        allow_symlinks: false,
        ignore_paths: [...NEVER_SIGNED, ...cardFiles()],
      },
      resources: files.map(({ path, sha256 }) => ({
        name: path,
        algorithm: 'sha256',
        digest: sha256,
      })),
    },
  };
}

const isSigned = ({ path }: FileDigest): boolean =>
  !NEVER_SIGNED.includes(path.split('/')[0] ?? '');
