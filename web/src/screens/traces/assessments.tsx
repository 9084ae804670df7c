import { useMutation, useQueryClient } from '@tanstack/react-query';
import { MessageSquarePlus } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useMay } from '../../frame/may.ts';
import { useWho } from '../../frame/who.tsx';
import { api, type Schema } from '../../shared/api.ts';
import { formatAgo } from '../../shared/format.ts';
import { Badge } from '../../shared/ui/badge.tsx';
import { Button } from '../../shared/ui/button.tsx';
import { Dialog } from '../../shared/ui/dialog.tsx';
import { notifyError } from '../../shared/ui/notices.tsx';
import { Section } from '../../shared/ui/page.tsx';
import { TextField } from '../../shared/ui/text-field.tsx';
import { assessedValue } from './trace-queries.ts';

type Assessment = Schema<'Assessment'>;

const SOURCES: Readonly<Record<string, string>> = {
  HUMAN: 'a person',
  LLM_JUDGE: 'a model that judges',
  CODE: 'code',
};

/** What people, judges and code have said of a trace. */
export function Assessments({
  experimentId,
  traceId,
  assessments,
}: {
  readonly experimentId: string;
  readonly traceId: string;
  readonly assessments: readonly Assessment[];
}) {
  const [asking, setAsking] = useState(false);
  const { edit } = useMay('experiment', experimentId);
  return (
    <Section
      title="Assessments"
      actions={
        edit ? (
          <Button className="small" onClick={() => setAsking(true)}>
            <MessageSquarePlus size={14} aria-hidden /> Give feedback
          </Button>
        ) : null
      }
    >
      {assessments.length === 0 ? <p className="muted">Nobody has assessed it yet.</p> : null}
      <ul className="assessments">
        {assessments.map((one) => (
          <Assessed key={one.assessment_id} one={one} />
        ))}
      </ul>
      {asking ? <FeedbackDialog traceId={traceId} onClose={() => setAsking(false)} /> : null}
    </Section>
  );
}

function Assessed({ one }: { readonly one: Assessment }) {
  const { feedback, expectation, error, source, rationale } = one;
  const failed = (feedback?.error ?? error) !== undefined;
  const kind = expectation === undefined ? 'Feedback' : 'Expectation';
  const by = source?.source_id || SOURCES[source?.source_type ?? ''] || 'nobody knows';
  return (
    <li className={one.valid === false ? 'overridden' : undefined}>
      <div className="assessed">
        <b>{one.assessment_name}</b>
        <Badge tone={failed ? 'bad' : 'info'}>{assessedValue(one).slice(0, 300)}</Badge>
        {one.valid === false ? <Badge>Overridden</Badge> : null}
      </div>
      <p className="muted">
        {kind} by {by}, {SOURCES[source?.source_type ?? ''] ?? 'unknown'} ·{' '}
        {formatAgo(Date.parse(one.create_time ?? ''))}
      </p>
      {rationale ? <p className="rationale">{rationale}</p> : null}
    </li>
  );
}

/** What was typed: yes and no are truth values, numbers are numbers, all else is text. */
function typedValue(text: string): unknown {
  const plain = text.trim();
  if (/^(?:yes|true)$/i.test(plain)) return true;
  if (/^(?:no|false)$/i.test(plain)) return false;
  return plain !== '' && Number.isFinite(Number(plain)) ? Number(plain) : plain;
}

function FeedbackDialog({
  traceId,
  onClose,
}: {
  readonly traceId: string;
  readonly onClose: () => void;
}) {
  const queries = useQueryClient();
  const who = useWho()?.username ?? 'anonymous';
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const [rationale, setRationale] = useState('');
  const save = useMutation({
    mutationFn: () =>
      api.POST('/api/3.0/mlflow/traces/{trace_id}/assessments', {
        params: { path: { trace_id: traceId } },
        body: {
          assessment: {
            ...{ assessment_name: name.trim(), trace_id: traceId },
            source: { source_type: 'HUMAN', source_id: who },
            feedback: { value: typedValue(value) },
            ...(rationale.trim() === '' ? {} : { rationale: rationale.trim() }),
          },
        },
      }),
    onSuccess: async () => {
      onClose();
      await queries.invalidateQueries({ queryKey: ['trace', traceId] });
      await queries.invalidateQueries({ queryKey: ['traces'] });
    },
    onError: notifyError,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Dialog title="Give feedback" onClose={onClose}>
      <form onSubmit={submit}>
        <div className="dialog-body">
          <TextField
            label="What is judged"
            placeholder="correctness"
            value={name}
            onChange={setName}
          />
          <TextField label="Value: yes, no, a number or a word" value={value} onChange={setValue} />
          <label className="field">
            <span>Why</span>
            <textarea
              rows={3}
              value={rationale}
              onChange={(event) => setRationale(event.target.value)}
            />
          </label>
        </div>
        <footer>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            kind="primary"
            type="submit"
            disabled={save.isPending || name.trim() === '' || value.trim() === ''}
          >
            Save
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
