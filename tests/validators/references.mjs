// A document Bundle is whole: every reference leads to an entry of it, and every entry is reached from the Composition.

/** Every reference within a value, with its place. */
function* within(value, place) {
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) yield* within(item, `${place}[${at}]`);
  } else if (value !== null && typeof value === 'object') {
    for (const [name, item] of Object.entries(value)) {
      if (name === 'reference' && typeof item === 'string') yield [`${place}.reference`, item];
      else yield* within(item, `${place}.${name}`);
    }
  }
}

/** What is wrong with the references of a Bundle. */
export function references(bundle) {
  const complaints = [];
  const entries = bundle.entry ?? [];
  const places = new Map();
  for (const [at, { fullUrl }] of entries.entries()) {
    if (typeof fullUrl !== 'string' || !/^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(fullUrl)) {
      complaints.push(`Bundle.entry[${at}].fullUrl: references: ${fullUrl} is no UUID`);
    }
    if (places.has(fullUrl)) complaints.push(`Bundle.entry[${at}].fullUrl: references: is there twice`);
    places.set(fullUrl, at);
  }
  if (entries[0]?.resource?.resourceType !== 'Composition') {
    complaints.push('Bundle.entry[0]: references: is no Composition');
  }
  const reached = new Set([0]);
  for (const at of reached) {
    for (const [place, address] of within(entries[at]?.resource, `Bundle.entry[${at}].resource`)) {
      if (places.has(address)) reached.add(places.get(address));
      else complaints.push(`${place}: references: ${address} is not in the Bundle`);
    }
  }
  for (const at of entries.keys()) {
    if (!reached.has(at)) complaints.push(`Bundle.entry[${at}]: references: nothing leads here from the Composition`);
  }
  return complaints;
}
