// The OpenAPI document against OpenAPI's own schema (3.1), by a validator from npm; and what that does not look at: each
// reference leads somewhere, each operation has a name of its own, each parameter of a path stands in it.
import { load } from './packages.mjs';

const { Validator } = load('@seriousme/openapi-schema-validator');

function* references(value, place) {
  if (value === null || typeof value !== 'object') return;
  if (typeof value.$ref === 'string') yield [place, value.$ref];
  for (const [name, member] of Object.entries(value)) yield* references(member, `${place}/${name}`);
}

const at = (document, pointer) =>
  pointer.split('/').slice(1).reduce((value, name) => value?.[name.replaceAll('~1', '/').replaceAll('~0', '~')], document);

function ours(document) {
  const faults = [];
  for (const [place, reference] of references(document, '')) {
    if (!reference.startsWith('#/') || at(document, reference) === undefined) faults.push(`${place}: leads nowhere`);
  }
  const seen = new Set();
  for (const [route, item] of Object.entries(document.paths ?? {})) {
    const named = (route.match(/\{[^}]+\}/g) ?? []).map((name) => name.slice(1, -1));
    for (const [method, operation] of Object.entries(item)) {
      if (method === 'parameters') continue;
      // A parameter stands with the path, for all its operations, or with the operation.
      const all = [...item.parameters ?? [], ...operation.parameters ?? []];
      const given = all.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
      if (named.join() !== given.join()) faults.push(`${route}: the parameters of the path are ${named.join() || 'none'}`);
      if (seen.has(operation.operationId)) faults.push(`${route}: ${operation.operationId} is there twice`);
      seen.add(operation.operationId);
    }
  }
  return faults;
}

async function stranger(document) {
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  return valid ? [] : [errors].flat().map((error) => (typeof error === 'string' ? error : `${error.instancePath}: ${error.message}`));
}

export const name = 'npm @seriousme/openapi-schema-validator, and checks of our own';
export const judges = { stranger, ours };
export const judge = async (document) => [...(await stranger(document)), ...ours(document)];
