import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { ApiError } from '../../shared/api.ts';
import { formatBytes, withShortDigests } from '../../shared/format.ts';
import { Asked } from '../../shared/ui/asked.tsx';
import { Badge } from '../../shared/ui/badge.tsx';
import { Copy } from '../../shared/ui/copy.tsx';
import { FileLink } from '../../shared/ui/file-link.tsx';
import { Section } from '../../shared/ui/page.tsx';
import { manifestQuery, semverQuery } from '../registry/registry-queries.ts';
import { compliancePath, signatureQuery } from './governance-queries.ts';

const PACKS = [
  ['zip', 'Everything, as ZIP'],
  ['pdf', 'Report, as PDF'],
  ['html', 'Report, as a page'],
  ['json', 'Data, as JSON'],
  ['cyclonedx', 'Bill of materials, CycloneDX'],
  ['huggingface', 'README of Hugging Face'],
] as const;

/** What an examiner takes away: the pack, the digests, their signature, and the number. */
export function Compliance({ name, version }: { readonly name: string; readonly version: string }) {
  const manifest = useQuery(manifestQuery(name, version));
  const semver = useQuery(semverQuery(name, version));
  const isSigned = manifest.data?.is_signed === true;
  const signature = useQuery({ ...signatureQuery(name, version), enabled: isSigned });
  const signed = signature.data === undefined ? '' : JSON.stringify(signature.data, null, 2);
  return (
    <div className="stack">
      <Section title="Compliance pack">
        <div className="toolbar">
          {PACKS.map(([format, label]) => (
            <FileLink
              key={format}
              className="button"
              path={compliancePath(name, version, format)}
              name={`${name}-${version}.${format}`}
            >
              <Download size={15} aria-hidden /> {label}
            </FileLink>
          ))}
        </div>
      </Section>
      <Section title="Semantic version">
        {semver.data === null ? (
          <p className="muted">The version is not numbered yet.</p>
        ) : (
          <Asked query={semver}>
            {(numbered) => {
              const { semver: number, reasons = [], base, note } = numbered ?? {};
              return (
                <>
                  <p>
                    <code className="semver">{number ?? 'None'}</code>{' '}
                    {base ? <span className="muted">compared with version {base}</span> : null}
                  </p>
                  <ul className="plain-list">
                    {reasons.map(({ level, code, message }) => (
                      <li key={`${code} ${message}`}>
                        <Badge
                          tone={level === 'major' ? 'bad' : level === 'minor' ? 'warn' : 'neutral'}
                        >
                          {level}
                        </Badge>{' '}
                        <span title={message}>{withShortDigests(message ?? '')}</span>
                      </li>
                    ))}
                  </ul>
                  {note ? <p>{note}</p> : null}
                </>
              );
            }}
          </Asked>
        )}
      </Section>
      <Section title="Manifest">
        {isMissing(manifest.error) ? (
          <p className="muted">{manifest.error?.message}</p>
        ) : (
          <Asked query={manifest}>
            {({ root_digest: root = '', files = [] }) => (
              <>
                <p className="with-copy">
                  <code>{root}</code>
                  <Copy text={root} label="Copy the digest" />
                </p>
                <p className="muted">
                  {files.length} {files.length === 1 ? 'file' : 'files'},{' '}
                  {formatBytes(files.reduce((sum, { size = 0 }) => sum + Number(size), 0))}
                </p>
              </>
            )}
          </Asked>
        )}
      </Section>
      <Section
        title="Signature"
        actions={signed === '' ? null : <Copy text={signed} label="Copy the signature" />}
      >
        {manifest.isFetched && !isSigned ? (
          <p className="muted">The version is not signed.</p>
        ) : null}
        {isSigned ? (
          <Asked query={signature}>
            {() => (
              // biome-ignore lint/a11y/noNoninteractiveTabindex: long code is scrolled by keys.
              <pre className="code" tabIndex={0}>
                {signed}
              </pre>
            )}
          </Asked>
        ) : null}
      </Section>
    </div>
  );
}

const isMissing = (error: Error | null): boolean =>
  error instanceof ApiError && error.status === 404;
