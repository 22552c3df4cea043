// Files of people and workers by hand: first a dry run that shows what would change and what is wrong, line by line; then
// the same file in earnest.
import { useId, useState } from 'preact/hooks';
import { upload, type Problem, type Schemas } from '../api/client';
import { Deed } from '../parts/button';
import { ChoiceField } from '../parts/fields';
import { Notice, Trouble } from '../parts/notice';
import { Page } from '../parts/page';
import { Said } from '../parts/said';
import { many } from '../parts/times';
import { hashOf } from '../route';

type Imported = Schemas['DeskImported'];
type Mode = 'changes' | 'whole';

/** Lines of a list that are shown at once. */
const SHOWN = 200;

const WHATS: Record<string, string> = { added: 'New', changed: 'Changed', left: 'Leaves', merged: 'Merged into another' };

export function Import() {
  const [what, setWhat] = useState('people');
  const [mode, setMode] = useState<Mode>('changes');
  const [file, setFile] = useState<File | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [seen, setSeen] = useState<Imported | null>(null);
  const [done, setDone] = useState<Imported | null>(null);
  const id = useId();
  const send = async (dry: boolean): Promise<Imported> => {
    if (!file) throw new Error('choose a file first');
    const media = /\.(?:ndjson|jsonl)$/i.test(file.name) ? 'application/x-ndjson' : 'text/csv';
    const confirm = !dry && mode === 'whole' && seen && seen.left.length > 0 ? { confirm: seen.left.length } : {};
    const query = { mode, dry_run: dry, ...confirm };
    return what === 'people'
      ? await upload('/v1/desk/import/people', file, media, { query })
      : await upload('/v1/desk/import/workers', file, media, { query });
  };
  const fresh = () => { setSeen(null); setDone(null); setProblem(null); };
  return (
    <Page title="Import a file" at="people" back={{ hash: hashOf('people'), words: 'People' }}>
      <Trouble problem={problem} />
      {done && <Notice kind="good"><p class="govuk-body">Done. {counts(done)}</p></Notice>}
      <div class="row">
        <ChoiceField label="What is in the file" value={what} change={(value) => { setWhat(value); fresh(); }} choices={[['people', 'People'], ['workers', 'Workers']]} />
        <ChoiceField label="Who is not in it" value={mode} change={(value) => { setMode(value as Mode); fresh(); }} choices={[['changes', 'stays as they are'], ['whole', 'has left: the file is everybody']]} />
      </div>
      <div class="govuk-form-group">
        <label class="govuk-label" for={id}>File (CSV or NDJSON, as the case system writes it)</label>
        <input class="govuk-file-upload" id={id} type="file" accept=".csv,.ndjson,.jsonl,text/csv" onChange={(event) => { setFile(event.currentTarget.files?.[0] ?? null); fresh(); }} />
      </div>
      <Deed kind="secondary" does={async () => { setDone(null); setSeen(await send(true)); }} told={setProblem}>See what would change</Deed>
      {seen && (
        <section>
          <h2 class="govuk-heading-m">What would change</h2>
          <p class="govuk-body">{counts(seen)} Nothing has been done yet.</p>
          {seen.left.length > 0 && <Notice kind="care"><p class="govuk-body">{many(seen.left.length, 'entry').replace('entrys', 'entries')} of the case system would leave: their caseloads and phones change. Their notes stay.</p></Notice>}
          <Faults title="Lines that cannot be used" faults={seen.rejected} />
          <Faults title="Values that are left blank or altered" faults={seen.warnings} />
          <Changes imported={seen} />
          <Deed does={async () => { setDone(await send(false)); setSeen(null); }} told={setProblem}>Import this file</Deed>
        </section>
      )}
    </Page>
  );
}

function counts({ added, changed, unchanged, rejected, left, merged }: Imported): string {
  const parts = [`${added} new`, `${changed} changed`, `${unchanged} as before`];
  if (left.length > 0) parts.push(`${left.length} leave`);
  if (merged > 0) parts.push(`${merged} merged`);
  parts.push(rejected.length === 0 ? 'no line is refused' : `${many(rejected.length, 'line')} refused`);
  return `${parts.join(', ')}.`;
}

function Faults({ title, faults }: { title: string; faults: Schemas['Fault'][] }) {
  if (faults.length === 0) return null;
  return (
    <table class="table">
      <caption>{title} ({faults.length})</caption>
      <thead><tr><th scope="col" class="number">Line</th><th scope="col">Column</th><th scope="col">What is wrong</th></tr></thead>
      <tbody>
        {faults.slice(0, SHOWN).map((fault, at) => <tr key={at}><td class="number">{fault.line}</td><td><Said text={fault.column} /></td><td><Said text={fault.reason} /></td></tr>)}
      </tbody>
      {faults.length > SHOWN && <tfoot><tr><td colSpan={3}>and {faults.length - SHOWN} more</td></tr></tfoot>}
    </table>
  );
}

function Changes({ imported }: { imported: Imported }) {
  if (imported.changes.length === 0) return null;
  const more = Math.max(0, imported.changes.length - SHOWN) + imported.changes_unlisted;
  return (
    <table class="table">
      <caption>Changes</caption>
      <thead><tr><th scope="col" class="number">Line</th><th scope="col">Who</th><th scope="col">What</th><th scope="col">In which columns</th></tr></thead>
      <tbody>
        {imported.changes.slice(0, SHOWN).map((change, at) => (
          <tr key={at}><td class="number">{change.line ?? ''}</td><td>{change.case_id ?? change.worker_id}</td><td>{WHATS[change.what] ?? change.what}</td><td>{change.what === 'changed' ? change.columns.join(', ') : ''}</td></tr>
        ))}
      </tbody>
      {more > 0 && <tfoot><tr><td colSpan={4}>and {more} more</td></tr></tfoot>}
    </table>
  );
}
