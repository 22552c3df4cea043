// How the app is built: one page, its styles, and a service worker that keeps all of it on the phone, so that
// it starts from cold without a network.
import { defineConfig } from 'vitest/config';
import { VitePWA } from 'vite-plugin-pwa';

import about from './package.json' with { type: 'json' };

const MEGABYTE = 1024 * 1024;

export default defineConfig({
  base: '/',
  define: { __APP_VERSION__: JSON.stringify(about.version) },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    modulePreload: false,
    // Nothing is inlined as data: the server's content policy allows files of its own only.
    assetsInlineLimit: 0,
    sourcemap: false,
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  css: { preprocessorOptions: { scss: { quietDeps: true } } },
  test: { include: ['test/**/*.test.ts'], environment: 'node' },
  plugins: [
    VitePWA({
      // The writer decides when a new version starts: never in the middle of a sentence.
      registerType: 'prompt',
      injectRegister: false,
      manifest: {
        id: '/',
        name: 'Doorstep',
        short_name: 'Doorstep',
        description: 'Visit notes that are finished before you leave the doorstep.',
        lang: 'en-GB',
        start_url: '/',
        scope: '/',
        display: 'standalone',
        background_color: '#ffffff',
        theme_color: '#0b3f47',
        icons: [
          { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: 'icon-512.png', sizes: '512x512', type: 'image/png' },
          { src: 'icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        ],
      },
      workbox: {
        globPatterns: ['**/*.{html,js,css,svg,png,wasm}'],
        maximumFileSizeToCacheInBytes: 8 * MEGABYTE,
        navigateFallback: '/index.html',
        navigateFallbackDenylist: [/^\/v1\//, /^\/console/, /^\/health/, /^\/metrics/, /^\/\.well-known\//],
        cleanupOutdatedCaches: true,
      },
    }),
  ],
});
