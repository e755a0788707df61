/**
 * Where `node:http` is imported, Node makes all that the module exports, and with it loads `fetch` and what is behind it:
 * as long again as all of a start. Asked for like this, it makes nothing before it is used.
 */
const lazyHttp = {
  name: 'lazy-http',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?https?$/ }, ({ path }) => ({ path, namespace: 'lazy-http' }))
    onLoad({ filter: /.*/, namespace: 'lazy-http' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
    }))
  },
}

/** How a function is bundled for Lambda. What is behind an `import()` becomes a file of its own. */
export const AS_DEPLOYED = {
  bundle: true,
  splitting: true,
  minify: true,
  // Errors and their codes keep their names in logs.
  keepNames: true,
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [lazyHttp],
  // Some of what is bundled is CommonJS and asks for Node's own modules with require.
  banner: { js: "import{createRequire as __r}from'node:module';const require=__r(import.meta.url);" },
}
