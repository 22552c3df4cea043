// Where the validators' packages are: beside this file after `npm ci`, or where `cargo xtask setup` put them.
import { createRequire } from 'node:module';
import path from 'node:path';

const folder = process.env.DOORSTEP_VALIDATORS ?? import.meta.dirname;

/** Loads a package, or names a file of one. */
export const load = createRequire(path.join(folder, 'package.json'));
