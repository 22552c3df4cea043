// People: found by name or number, page by page, and files of people and workers from the case system.
import { useEffect, useState } from 'preact/hooks';
import { get, type Problem } from '../api/client';
import { useLive } from '../api/live';
import { useMe } from '../me';
import { LineField } from '../parts/fields';
import { Trouble } from '../parts/notice';
import { Page } from '../parts/page';
import { PersonTable } from '../parts/person-table';
import { go, hashOf, type Place } from '../route';

/** A question is asked when one stops typing for so long. */
const PAUSE_MS = 250;

export function People({ place }: { place: Place }) {
  const me = useMe();
  const [typed, setTyped] = useState(place.query.get('q') ?? '');
  const [asked, setAsked] = useState(typed);
  const [after, setAfter] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => { setAsked(typed); setAfter(''); }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  useEffect(() => {
    // So that the way back leads to the same answer.
    history.replaceState(null, '', hashOf('people', [], { q: asked }));
  }, [asked]);
  const query = { ...(asked ? { q: asked } : {}), ...(after ? { after } : {}) };
  const found = useLive(`people ${asked} ${after}`, () => get('/v1/desk/people', { query }));
  const problem: Problem | null = found.problem;
  return (
    <Page title="People" at="people">
      <Trouble problem={problem} />
      <form role="search" onSubmit={(event) => { event.preventDefault(); setAsked(typed); }}>
        <LineField label="Find somebody" hint="Name, case id, date of birth as 1942-03-07, postcode or NHS number. The beginnings of words will do." value={typed} change={setTyped} />
      </form>
      <p class="govuk-visually-hidden" role="status">{found.value && asked ? `${found.value.people.length} found` : ''}</p>
      {found.value && (found.value.people.length > 0
        ? <PersonTable people={found.value.people} />
        : <p class="govuk-body">{asked ? 'Nobody of that name or number is in your team. Check the spelling, or ask with fewer words.' : 'Nobody yet. People come with a file from the case system.'}</p>)}
      {found.value?.more && <p class="govuk-body">There are more. Type another word.</p>}
      <div>
        {after && <button type="button" class="govuk-button govuk-button--secondary" onClick={() => setAfter('')}>First page</button>}
        {found.value?.next && <button type="button" class="govuk-button govuk-button--secondary" onClick={() => setAfter(found.value?.next ?? '')}>Next page</button>}
      </div>
      {me.role === 'organisation_admin' && <p class="govuk-body"><button type="button" class="plain" onClick={() => go('import')}>Import a file of people or workers</button></p>}
    </Page>
  );
}
