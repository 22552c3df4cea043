// Narrative is XHTML that is well-formed, says something, and has nothing but what FHIR R4 allows in it (invariants
// txt-1 and txt-2): no scripts, no events, no links that do anything but lead somewhere.
import { load } from './packages.mjs';

const { SaxesParser } = load('saxes');

const XHTML = 'http://www.w3.org/1999/xhtml';
const words = (text) => new Set(text.trim().split(/\s+/));
const ELEMENTS = words(`
  a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img li
  ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var`);
const ATTRIBUTES = words(`
  abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff charset cite
  class colspan compact coords dir frame headers height href hreflang hspace id lang longdesc name nowrap rel rev
  rowspan rules scope shape span src start style summary tabindex title type valign value vspace width xml:lang xml:id
  xml:space`);
const LINK = /^(#|https?:|mailto:|tel:|urn:)/i;

/** Every narrative of a value, with its place. */
function* divs(value, place) {
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) yield* divs(item, `${place}[${at}]`);
  } else if (value !== null && typeof value === 'object') {
    for (const [name, item] of Object.entries(value)) {
      if (name === 'div') yield [`${place}.div`, item];
      else yield* divs(item, `${place}.${name}`);
    }
  }
}

/** What is wrong with one narrative. */
function faults(div) {
  if (typeof div !== 'string') return ['is no text'];
  const complaints = [];
  let text = '';
  let depth = 0;
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', (error) => complaints.push(`is not well-formed: ${error.message}`));
  parser.on('text', (part) => (text += part));
  for (const event of ['comment', 'cdata', 'doctype', 'processinginstruction', 'xmldecl']) {
    parser.on(event, () => complaints.push(`has a ${event}`));
  }
  parser.on('opentag', ({ local, uri, attributes }) => {
    if (depth === 0 && local !== 'div') complaints.push(`begins with ${local}`);
    depth += 1;
    if (uri !== XHTML || !ELEMENTS.has(local)) complaints.push(`has an element ${local} of ${uri || 'no namespace'}`);
    for (const { name, value } of Object.values(attributes)) {
      const known = ATTRIBUTES.has(name) || (name === 'xmlns' && value === XHTML);
      if (!known) complaints.push(`has an attribute ${name}`);
      if (['href', 'src', 'cite', 'longdesc'].includes(name) && !LINK.test(value)) {
        complaints.push(`has a link to ${value}`);
      }
    }
  });
  parser.write(div).close();
  if (text.trim() === '') complaints.push('says nothing');
  return complaints;
}

/** What is wrong with the narratives of a Bundle. */
export function narrative(bundle) {
  return [...divs(bundle, 'Bundle')].flatMap(([place, div]) =>
    faults(div).map((fault) => `${place}: narrative: ${fault}`),
  );
}
