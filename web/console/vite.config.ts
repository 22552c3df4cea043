// How the console is built: one page under /console, with nothing in it but files of its own.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  base: '/console/',
  build: { target: 'es2022', modulePreload: false, assetsInlineLimit: 0, sourcemap: false },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  css: { preprocessorOptions: { scss: { quietDeps: true } } },
  test: { include: ['test/**/*.test.ts'], environment: 'node' },
});
