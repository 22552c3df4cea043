// Settings: what the council has settled. A change says why, and is in the audit.
import { useState } from 'preact/hooks';
import { get, post, type Problem, type Schemas } from '../api/client';
import { useLive } from '../api/live';
import { useMe } from '../me';
import { Deed } from '../parts/button';
import { LineField, TextField } from '../parts/fields';
import { Notice, Trouble } from '../parts/notice';
import { Page } from '../parts/page';
import { Said } from '../parts/said';
import { Time } from '../parts/times';
import { hashOf } from '../route';

type Setting = Schemas['SettingRow'];

export function Settings() {
  const me = useMe();
  const [said, setSaid] = useState('');
  const list = useLive('settings', () => get('/v1/desk/settings'));
  const may = me.role === 'organisation_admin';
  const done = async (words: string) => {
    setSaid(words);
    await list.again();
  };
  return (
    <Page title="Settings" at="settings">
      <Trouble problem={list.problem} />
      {said && <Notice kind="good"><p class="govuk-body">{said}</p></Notice>}
      {!may && <p class="govuk-body">Only an organisation admin can change these.</p>}
      {list.value?.settings.map((setting) => <One key={setting.name} setting={setting} may={may} done={done} />)}
      <p class="govuk-body"><a class="govuk-link" href={hashOf('audit', [], { what: 'setting.changed' })}>All changes, in the audit</a></p>
    </Page>
  );
}

const NAMES: Record<string, string> = {
  retention_months: 'How long notes are kept', review_initial_from_weeks: 'First review, not before', review_initial_weeks: 'First review, due',
  review_annual_months: 'Yearly review', review_direct_payment_months: 'First review of a direct payment', timeliness_h: 'Timeliness',
  kept_days: 'Kept on phones', idle_lock_s: 'Lock when idle', consent_text: 'Words about consent', finish_text: 'Words on the finish page',
  stale_device_h: 'Silent phone', overdue_draft_h: 'Overdue note', export_silent_h: 'Silent case system',
};

function nameOf(setting: Setting): string {
  return NAMES[setting.name] ?? setting.name.replaceAll('_', ' ');
}

function shown(setting: Setting, value: string) {
  if (setting.kind === 'text') return value === '' ? 'the app’s own words' : <Said text={value} />;
  return setting.name === 'retention_months' && value === '0' ? 'for ever' : `${value} ${setting.unit ?? ''}`;
}

function One({ setting, may, done }: { setting: Setting; may: boolean; done: (words: string) => Promise<void> }) {
  const [typed, setTyped] = useState<{ value: string; reason: string } | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const name = nameOf(setting);
  const change = async (value: string | null) => {
    await post('/v1/desk/settings/{name}', { ids: [setting.name], body: { value, reason: typed?.reason ?? '' } });
    setTyped(null);
    await done(`${name} is changed.`);
  };
  const hint = setting.kind === 'whole' ? `${setting.least} to ${setting.most} ${setting.unit ?? ''}` : `At most ${setting.most} characters`;
  const field = typed && { label: `New value of “${name}”`, hint, value: typed.value, change: (value: string) => setTyped({ ...typed, value }) };
  return (
    <section class="card setting">
      <h2 class="govuk-heading-s">{name}: {shown(setting, setting.value)}</h2>
      <p class="govuk-body">{setting.words}.{setting.changed_at && <> Changed by <Said text={setting.changed_by ?? ''} />, <Time at={setting.changed_at} />; before anybody changed it: {shown(setting, setting.default)}.</>}</p>
      {may && !typed && <button type="button" class="plain" onClick={() => setTyped({ value: setting.value, reason: '' })}>Change<span class="govuk-visually-hidden"> {name}</span></button>}
      {field && typed && (
        <div>
          <Trouble problem={problem} />
          {setting.kind === 'whole' ? <LineField {...field} /> : <TextField {...field} rows={4} />}
          <LineField label="Reason" hint="It stands in the audit." value={typed.reason} change={(reason) => setTyped({ ...typed, reason })} />
          <Deed does={() => change(typed.value)} told={setProblem}>Save</Deed>
          {setting.changed_at && <Deed kind="secondary" does={() => change(null)} told={setProblem}>Back to {setting.kind === 'text' ? 'the app’s own words' : `${setting.default} ${setting.unit ?? ''}`}</Deed>}
          <button type="button" class="govuk-button govuk-button--secondary" onClick={() => { setTyped(null); setProblem(null); }}>Leave it</button>
        </div>
      )}
    </section>
  );
}
