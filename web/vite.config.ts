import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const PARTS =
  /node_modules\/(?:react|react-dom|scheduler|lucide-react|openapi-fetch|@radix-ui|@floating-ui|@tanstack|react-remove-scroll)\/|web\/src\/(?:frame|shared\/(?:[^/]+\.ts|ui\/(?!markdown)))/;

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
      output: {
        // What every screen uses is one file, and not twenty that a browser asks for one by one.
        codeSplitting: { groups: [{ name: 'parts', test: PARTS }] },
      },
      // Packages mark what runs in browsers alone, which is all of this.
      onwarn: (warning, warn) => {
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning);
      },
    },
  },
});
