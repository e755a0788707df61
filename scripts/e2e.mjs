// The deployed bundles, end to end, without AWS: AWS's own runtime client under Node 24, emulators over the wire, a local X.
import { program } from './program.mjs'

const source = new URL('../tools/e2e/main.ts', import.meta.url).href
// `import.meta.url` is that of the source, wherever the bundle is.
await import(await program('tools/e2e', 'main', { define: { 'import.meta.url': JSON.stringify(source) } }))
