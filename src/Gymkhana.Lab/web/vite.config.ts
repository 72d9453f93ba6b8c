import { readdirSync } from 'node:fs';
import { defineConfig } from 'vite';

// `vite build` makes the page; `vite build --mode test` makes the unit tests, for node --test.
export default defineConfig(({ mode }) =>
  mode === 'test'
    ? {
        publicDir: false,
        build: {
          ssr: true,
          outDir: 'node_modules/.test',
          emptyOutDir: true,
          rollupOptions: { input: readdirSync('test').map((file) => `test/${file}`) },
        },
      }
    : {
        build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 900 },
        server: { proxy: { '/api': 'http://127.0.0.1:5055', '/live': { target: 'ws://127.0.0.1:5055', ws: true } } },
      },
);
