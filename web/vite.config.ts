import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** Names of built files change with their content; links between them are relative. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  cacheDir: '../node_modules/.vite/web',
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    assetsDir: 'web-files',
    // The policy allows no data: in scripts and styles; everything is a file.
    assetsInlineLimit: 0,
    target: 'es2022',
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      // Packages mark what runs in browsers alone, which is all of this.
      onwarn: (warning, warn) => {
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning);
      },
    },
  },
});
