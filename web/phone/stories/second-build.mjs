// The app once more, as a later version of itself: a real build of the same sources that says another number.
import path from 'node:path';
import { build } from 'vite';
import { ROOT } from './town.mjs';

/** Gives its folder. */
export async function buildAs(version, folder) {
  const root = path.join(ROOT, 'web/phone');
  const outDir = path.join(folder, `app-${version}`);
  const define = { __APP_VERSION__: JSON.stringify(version) };
  // The bundler looks for its files from where it is started.
  process.chdir(root);
  await build({ root, configFile: path.join(root, 'vite.config.ts'), define, build: { outDir, emptyOutDir: true }, logLevel: 'error' });
  return outDir;
}
