// Real answers of the server against what the OpenAPI document says of them, by ajv: `{method, path, status,
// media_type, body}`, where the path is the route's.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { load } from './packages.mjs';

const Ajv = load('ajv/dist/2020').default;
const formats = load('ajv-formats').default;

const file = path.join(import.meta.dirname, '../../server/src/api/openapi.json');
const document = JSON.parse(readFileSync(file, 'utf8'));
const ajv = formats(new Ajv({ allErrors: true, strict: false }));
ajv.addSchema({ $id: 'doc', ...document });

const escaped = (name) => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** What is wrong with an answer. A member that the document does not name is wrong too. */
export function judge({ method, path: route, status, media_type: media, body }) {
  const who = `${method} ${route} ${status}`;
  const response = document.paths[route]?.[method.toLowerCase()]?.responses[status];
  if (!response) return [`${who}: the document does not have it`];
  const [pointer, described] = response.$ref
    ? [response.$ref.slice(1), document.components.responses[response.$ref.split('/').at(-1)]]
    : [`/paths/${escaped(route)}/${method.toLowerCase()}/responses/${status}`, response];
  if (media === '') return described.content ? [`${who}: has no body`] : [];
  if (!described.content?.[media]) return [`${who}: the document has no ${media}`];
  if (!/[/+]json$/.test(media)) return [];
  const pointed = encodeURI(`doc#${pointer}/content/${escaped(media)}/schema`);
  const validate = ajv.compile({ $ref: pointed });
  if (validate(body)) return [];
  return validate.errors.map(({ instancePath, message }) => `${who}: ${instancePath || '/'}: ${message}`);
}

export const name = 'ajv with /v1/openapi.json';
