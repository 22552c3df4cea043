// People in a table: two identifiers, so that nobody is taken for somebody else.
import type { ComponentChildren } from 'preact';
import type { Schemas } from '../api/client';
import { hashOf } from '../route';
import { Said } from './said';

export function born(date: string | null): string {
  if (!date) return 'not known';
  const at = new Date(`${date}T12:00:00Z`);
  return Number.isNaN(at.getTime()) ? date : new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }).format(at);
}

export function PersonTable({ people, more }: { people: Schemas['PersonRow'][]; more?: (person: Schemas['PersonRow']) => ComponentChildren }) {
  return (
    <table class="table table--stack">
      <thead><tr><th scope="col">Name</th><th scope="col">Case id</th><th scope="col">Born</th><th scope="col">With</th><th scope="col">Team</th>{more && <th scope="col">More</th>}</tr></thead>
      <tbody>
        {people.map((person) => (
          <tr key={person.case_id}>
            <td><a class="govuk-link" href={hashOf('person', [person.case_id])}><Said text={person.name} /></a></td>
            <td data-label="Case id">{person.case_id}</td>
            <td data-label="Born">{born(person.date_of_birth)}</td>
            <td data-label="With">{person.worker ? <Said text={person.worker.name} /> : 'nobody'}</td>
            <td data-label="Team">{person.team ?? 'none'}</td>
            {more && <td>{more(person)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
