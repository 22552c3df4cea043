// Packs each built file beside itself, once and as small as it goes, so that the server only has to read.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const FOLDER = 'dist';
const PACKED = /\.(?:html|js|css|svg|wasm|webmanifest)$/;
/** Below this the headers weigh more than what is saved. */
const WORTH_PACKING_BYTES = 1_000;

for (const name of readdirSync(FOLDER, { recursive: true })) {
  const file = join(FOLDER, name);
  if (!PACKED.test(name) || statSync(file).size < WORTH_PACKING_BYTES) continue;
  const bytes = readFileSync(file);
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_LGWIN]: 24 } }));
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
}
