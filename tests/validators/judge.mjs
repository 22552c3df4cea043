// Everything that leaves the house, judged by validators that are not ours: `node judge.mjs FOLDER`. The Rust tests
// write NDJSON files into the folder; the beginning of a file's name says what its lines are, and so who judges them.
// To judge something else too, add a line to KINDS and a file beside this one.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

// `lines` is how many there must be at least, or the tests that write them were not run.
const KINDS = [
  { begins: 'fhir-samples', lines: 60, judges: './fhir.mjs' },
  { begins: 'fhir-hard', lines: 15, judges: './fhir.mjs' },
  { begins: 'events-samples', lines: 60, judges: './events.mjs' },
  { begins: 'events-hard', lines: 20, judges: './events.mjs' },
  { begins: 'openapi', lines: 1, judges: './openapi.mjs' },
  { begins: 'answers', lines: 25, judges: './answers.mjs' },
];
const SHOWN = 20;

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error('usage: node judge.mjs FOLDER');
  process.exit(2);
}

const files = readdirSync(folder).filter((name) => name.endsWith('.ndjson')).sort();
const complaints = [];
for (const { begins, lines, judges } of KINDS) {
  const { judge, name } = await import(judges);
  let count = 0;
  for (const file of files.filter((file) => file.startsWith(begins))) {
    const text = readFileSync(path.join(folder, file), 'utf8');
    for (const [at, line] of text.split('\n').entries()) {
      if (line === '') continue;
      count += 1;
      for (const complaint of await judge(JSON.parse(line))) complaints.push(`${file}:${at + 1}: ${complaint}`);
    }
  }
  console.log(`    ${begins}: ${count} lines judged by ${name}`);
  if (count < lines) complaints.push(`${begins}*.ndjson: ${count} lines, and there should be ${lines} or more`);
}
const strangers = files.filter((file) => !KINDS.some(({ begins }) => file.startsWith(begins)));
for (const file of strangers) complaints.push(`${file}: nobody here judges such files`);
for (const complaint of complaints.slice(0, SHOWN)) console.error(complaint);
if (complaints.length > SHOWN) console.error(`and ${complaints.length - SHOWN} more`);
process.exit(complaints.length === 0 ? 0 : 1);
