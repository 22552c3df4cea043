// The catalogue has every text that a screen asks for, and nothing that none asks for. Texts whose name is put
// together from a code are checked for every code of the data model.
import { expect, test } from 'vitest';
import { FluentResource } from '@fluent/bundle';
import catalogue from '../src/words/en.ftl?raw';
import { has } from '../src/words/words';

const files = import.meta.glob<string>('../src/**/*.{ts,tsx}', { query: '?raw', import: 'default', eager: true });
const source = Object.values(files).join('\n');
const names = [...catalogue.matchAll(/^([a-zA-Z][\w-]*) =/gm)].map((match) => match[1]!);

/** The codes behind names that are put together: `kind-` and then each kind. */
const CODES: Record<string, string[]> = {
  'kind-': ['home_visit', 'phone_call', 'video_call', 'hub_appointment', 'office_visit', 'hospital_visit', 'no_reply', 'conversation'],
  'state-': ['on_phone', 'on_server', 'in_case_system', 'refused', 'held', 'conflict'].flatMap((state) => [state, `${state}-do`]),
  'progress-': ['new', 'some', 'met', 'not_met'],
  'need-': ['budget', 'language', 'none_available', 'declined', 'other'],
  'concern-': ['safeguarding', 'professional_disagreement'],
  'quarter-': ['1', '2', '3', '4'],
  'review-': ['initial', 'annual', 'direct_payment'],
  'useful-': ['yes', 'partly', 'no', 'not_asked'],
  'was_it_useful-': ['yes', 'partly', 'no', 'not_asked'],
  'private-': ['third_party', 'do_not_share'],
  'message-': ['ask', 'nudge', 'returned', 'note'],
  'notice-': ['care', 'bad', 'good'],
  'file-': ['photo', 'recording', 'document'],
  'file-where-': ['on_phone', 'on_both', 'on_server'],
  'one-': ['outcomes', 'actions', 'present', 'unmet_needs', 'concerns'],
  'more-': ['outcomes', 'actions', 'present', 'unmet_needs', 'concerns'],
  'about-': ['what_matters_most', 'people_who_matter', 'how_i_communicate', 'my_wellness', 'please_do', 'please_dont', 'how_and_when_to_support', 'also_worth_knowing', 'written_with'],
  'field-': ['body', 'what_matters', 'strengths', 'persons_words', 'analysis', 'person_view', 'outcomes', 'actions', 'present', 'unmet_needs', 'concerns', 'review', 'attachments', 'feedback', 'kind', 'started_at', 'ended_at', 'what_matters-hint', 'strengths-hint', 'persons_words-hint', 'analysis-hint', 'person_view-hint'],
  'copy-field-': ['body', 'what_matters', 'strengths', 'persons_words', 'analysis', 'person_view', 'outcomes', 'actions', 'present', 'unmet_needs', 'concerns', 'review', 'attachments', 'feedback'],
  'slot-': ['what', 'who', 'by', 'done', 'text', 'progress', 'name', 'relationship', 'was_it_useful', 'words', 'copy_offered', 'how_to_reach_us', 'was', 'kind', 'due', 'need', 'reason_code', 'reason'],
  'unsupported-': ['not_secure', 'no_opfs', 'blocked', 'no_room', 'newer_store', 'evicted', 'core_missing', 'damaged', 'other'].flatMap((why) => [why, `${why}-do`]),
};
const composed = Object.entries(CODES).flatMap(([head, codes]) => codes.map((code) => head + code));

test('each text that a screen names is there', () => {
  const asked = [...source.matchAll(/\bt\((?:[^()'`]*\? )?'([\w-]+)'(?: : '([\w-]+)')?/g)].flatMap((match) => [match[1]!, match[2]]).filter(Boolean) as string[];
  expect(asked.length).toBeGreaterThan(200);
  expect(asked.filter((name) => !has(name))).toEqual([]);
});

test('each code has its words', () => {
  expect(composed.filter((name) => !has(name))).toEqual([]);
});

test('each name that is put together stands in the table here', () => {
  const heads = [...source.matchAll(/\b(?:t|has)\([^()]*`([\w-]*)\$\{/g)].map((match) => match[1]!).filter((head) => head !== '');
  expect(heads.length).toBeGreaterThan(20);
  expect([...new Set(heads)].filter((head) => !(head in CODES))).toEqual([]);
});

test('nothing in the catalogue is unused or said twice', () => {
  const unused = names.filter((name) => !composed.includes(name) && !source.includes(`'${name}'`));
  expect(unused).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
  expect(new FluentResource(catalogue).body.length).toBe(names.length);
});
