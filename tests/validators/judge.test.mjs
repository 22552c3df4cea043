// A judge that never says no is none: each is given a good Bundle of ours with one thing broken in it, and must say so.
// `DOORSTEP_EXPORTED` names the folder in which the Rust tests left the Bundle.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { judge, judges } from './fhir.mjs';

const file = path.join(process.env.DOORSTEP_EXPORTED, 'fhir-hard-everything.ndjson');
const good = JSON.parse(readFileSync(file, 'utf8'));

const first = (bundle, type) => bundle.entry.find(({ resource }) => resource.resourceType === type).resource;
const said = (change) => (bundle) => {
  const { text } = first(bundle, 'Composition').section[0];
  text.div = change(text.div);
};
const into = (markup) => said((div) => div.replace('<p>', `<p>${markup}`));

/** Who must complain, of what, and what was broken. */
const FAULTS = [
  ['medplum', /Missing required property/, (b) => delete first(b, 'Composition').status],
  ['medplum', /Missing required property/, (b) => delete first(b, 'Task').intent],
  ['medplum', /Missing required property/, (b) => delete first(b, 'Observation').code],
  ['medplum', /Invalid additional property/, (b) => (first(b, 'Goal').progress = 'some')],
  ['medplum', /Invalid JSON type/, (b) => (first(b, 'Composition').title = 7)],
  ['medplum', /bdl-9/, (b) => delete b.identifier],
  ['medplum', /bdl-10/, (b) => delete b.timestamp],
  ['medplum', /bdl-11/, (b) => b.entry.reverse()],
  ['medplum', /bdl-7/, (b) => (b.entry[2].fullUrl = b.entry[1].fullUrl)],
  ['medplum', /cmp-1/, (b) => delete first(b, 'Composition').section[0].text],
  ['medplum', /instant|format/i, (b) => (b.timestamp = '3 September 2026')],
  ['medplum', /date|format/i, (b) => (first(b, 'Task').restriction.period.end = 'next week')],
  ['medplum', /Invalid reference: got "Patient"/, (b) => {
    first(b, 'Composition').encounter = first(b, 'Composition').subject;
  }],
  ['fhir', /Code "doing" not found/, (b) => (first(b, 'Task').status = 'doing')],
  ['fhir', /Code "started" not found/, (b) => (first(b, 'Goal').lifecycleStatus = 'started')],
  ['fhir', /Code "done" not found/, (b) => (first(b, 'Encounter').status = 'done')],
  ['fhir', /is not allowed|unexpected/i, (b) => (first(b, 'Task').owners = [])],
  ['form', /is an empty text/, (b) => (first(b, 'Patient').name[0].text = ' ')],
  ['form', /is empty/, (b) => (first(b, 'Patient').name = [])],
  ['form', /is empty/, (b) => (first(b, 'Patient').name = [{}])],
  ['form', /is null/, (b) => (first(b, 'Patient').name = null)],
  ['form', /a control character/, (b) => (first(b, 'Patient').name[0].text = 'Margaret\u0007')],
  ['form', /a code secret/, (b) => (first(b, 'Composition').confidentiality = 'secret')],
  ['form', /a code home/, (b) => (first(b, 'Encounter').class.code = 'home')],
  ['form', /calls the code HH/, (b) => (first(b, 'Encounter').class.display = 'at home')],
  ['references', /is not in the Bundle/, (b) => b.entry.pop()],
  ['references', /is not in the Bundle/, (b) => (first(b, 'Task').for.reference = 'Patient/1')],
  ['references', /nothing leads here/, (b) => first(b, 'Composition').section.pop()],
  ['references', /is there twice/, (b) => (b.entry[2].fullUrl = b.entry[1].fullUrl)],
  ['references', /is no Composition/, (b) => b.entry.reverse()],
  ['references', /is no UUID/, (b) => (b.entry[1].fullUrl = 'https://a.example/Encounter/1')],
  ['narrative', /an element script/, into('<script>alert(1)</script>')],
  ['narrative', /an element iframe/, into('<iframe/>')],
  ['narrative', /an attribute onclick/, into('<b onclick="x()">y</b>')],
  ['narrative', /a link to javascript:/, into('<a href="javascript:x()">y</a>')],
  ['narrative', /a link to data:/, into('<img src="data:image/svg+xml,x" alt="y"/>')],
  ['narrative', /not well-formed/, into('<br>')],
  ['narrative', /not well-formed/, into('&nbsp;')],
  ['narrative', /not well-formed/, into('\u0001')],
  ['narrative', /a comment/, into('<!-- x -->')],
  ['narrative', /no namespace/, said(() => '<div><p>x</p></div>')],
  ['narrative', /begins with p/, said(() => '<p xmlns="http://www.w3.org/1999/xhtml">x</p>')],
  ['narrative', /says nothing/, said(() => '<div xmlns="http://www.w3.org/1999/xhtml"><p> </p></div>')],
];

test('nobody complains of a good one', () => {
  assert.deepEqual(judge(good), []);
});

for (const [who, what, breaks] of FAULTS) {
  test(`${who} sees it: ${what.source} ${String(breaks)}`, () => {
    const broken = structuredClone(good);
    breaks(broken);
    const complaints = judges[who](broken);
    assert.ok(complaints.some((complaint) => what.test(complaint)), complaints.slice(0, 5).join('\n') || 'nothing was said');
  });
}

test('what the strangers let pass is why there are judges of our own', () => {
  const broken = structuredClone(good);
  into('<script>alert(1)</script>')(broken);
  first(broken, 'Task').encounter.reference = 'Encounter/1';
  first(broken, 'Patient').name = [];
  first(broken, 'Encounter').class.code = 'home';
  assert.deepEqual([...judges.medplum(broken), ...judges.fhir(broken)], []);
});

const line = (name) => JSON.parse(readFileSync(path.join(process.env.DOORSTEP_EXPORTED, name), 'utf8').split('\n')[0]);

/** Judges of what else leaves the house: which line is good, who must complain of what, and what was broken. */
const OTHERS = [
  ['./events.mjs', 'events-hard.ndjson', [
    ['schema', /must have required property 'body'/, (e) => delete e.body],
    ['schema', /must be equal to one of the allowed values/, (e) => (e.kind = 'house_visit')],
    ['schema', /must match pattern/, (e) => (e.started_at = '3 September 2026')],
    ['schema', /must be equal to constant/, (e) => (e.version = 2)],
    ['schema', /must be string/, (e) => (e.title = null)],
    ['schema', /must be equal to constant/, (e) => Object.assign(e, { type: 'note.withdrawn', reason: 'x', body: 'x' })],
    ['schema', /must be null/, (e) => (e.type = 'note.removed')],
    ['hash', /should be/, (e) => (e.body += '.')],
    ['hash', /should be/, (e) => (e.private[0].end += 1)],
  ]],
  ['./openapi.mjs', 'openapi.ndjson', [
    ['stranger', /./, (d) => delete d.info.title],
    ['stranger', /./, (d) => (d.paths['/health'].get.responses = [])],
    ['ours', /leads nowhere/, (d) => delete d.components.schemas.Token],
    ['ours', /is there twice/, (d) => (d.paths['/v1/sync'].post.operationId = 'token')],
    ['ours', /the parameters of the path/, (d) => delete d.paths['/v1/attachments/{sha256}'].parameters],
  ]],
];
for (const [file, name, faults] of OTHERS) {
  const { judge, judges } = await import(file);
  test(`nobody complains of a good line of ${name}`, async () => {
    assert.deepEqual(await judge(line(name)), []);
  });
  for (const [who, what, breaks] of faults) {
    test(`${who} of ${file} sees it: ${what.source} ${String(breaks)}`, async () => {
      const broken = line(name);
      breaks(broken);
      const complaints = await judges[who](broken);
      assert.ok(complaints.some((complaint) => what.test(complaint)), complaints.join('\n') || 'nothing was said');
    });
  }
}

test('an answer that the document does not have is seen', async () => {
  const { judge } = await import('./answers.mjs');
  const body = { access_token: 'x', token_type: 'Bearer', expires_in: 600, scope: 'export.read' };
  const good = { method: 'POST', path: '/v1/token', status: 200, media_type: 'application/json', body };
  assert.deepEqual(judge(good), []);
  const without = { ...body };
  delete without.expires_in;
  for (const bad of [
    { status: 201 }, { path: '/v1/tokens' }, { method: 'GET' }, { media_type: 'text/html' }, { media_type: '' },
    { body: without }, { body: { ...body, expires_in: '600' } },
    { status: 401, media_type: 'application/problem+json', body: { code: 'clock' } },
  ]) {
    assert.notDeepEqual(judge({ ...good, ...bad }), [], JSON.stringify(bad));
  }
});
