import { builtinModules } from 'node:module'
import type { BuildOptions, Plugin } from 'esbuild'

/**
 * Where a module of Node is imported, all that it exports is made, and with it what is behind that: `node:http` brings
 * `fetch`, `node:util` a parser of arguments, `node:fs` the reading of terminals. It takes as long again as all of a
 * start. Behind a prototype nothing is made, nor looked at, before it is used; what is a function has to stay one.
 */
const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup(build) {
    const builtins = builtinModules.map((name) => name.replace('/', '\\/')).join('|')
    build.onResolve({ filter: new RegExp(`^(?:node:)?(?:${builtins})$`) }, ({ path }) => ({
      path: path.replace(/^node:/, ''),
      namespace: 'lazy-builtins',
    }))
    build.onLoad({ filter: /.*/, namespace: 'lazy-builtins' }, ({ path }) => ({
      contents: `const builtin = process.getBuiltinModule(${JSON.stringify(path)})
module.exports = typeof builtin === 'function' ? builtin : Object.create(builtin)`,
    }))
  },
}

/** The esbuild options of a function for Lambda. Each dynamic `import()` becomes a separate file. */
export const AS_DEPLOYED = {
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [lazyBuiltins],
} as const satisfies BuildOptions
