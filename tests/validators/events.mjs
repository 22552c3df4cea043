// An event of the feed against the JSON Schema (draft 2020-12) that the server gives out, by ajv; and its hash, which no
// schema can say, by our own reckoning of RFC 8785.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { load } from './packages.mjs';

const Ajv = load('ajv/dist/2020').default;

const file = path.join(import.meta.dirname, '../../server/src/export/schema.json');
const validate = new Ajv({ allErrors: true, strict: true, strictRequired: false, strictTypes: false }).compile(
  JSON.parse(readFileSync(file, 'utf8')),
);

/** RFC 8785 for what events hold: JSON.stringify writes texts and whole numbers as it wants them, names are sorted. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`);
  return `{${members.join(',')}}`;
}

function hash({ sha256, cursor, ...rest }) {
  // A line that was removed keeps the hash of what stood there.
  if (rest.type === 'note.removed') return [];
  const ours = createHash('sha256').update(canonical(rest)).digest('hex');
  return ours === sha256 ? [] : [`sha256: is ${sha256}, and should be ${ours}`];
}

function schema(event) {
  if (validate(event)) return [];
  return validate.errors.map(({ instancePath, message }) => `${instancePath || '/'}: ${message}`);
}

export const name = 'ajv with /v1/export/schema.json, and a hash of our own';
export const judges = { schema, hash };
export const judge = (event) => [...schema(event), ...hash(event)];
