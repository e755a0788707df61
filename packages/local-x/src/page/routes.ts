import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { HttpBindings } from '@hono/node-server'
import type { Hono } from 'hono'
import type { World } from '../world.js'

/** What Node hands to the routes of the loopback host. */
export type ControlEnv = { Bindings: HttpBindings }

// From src/page and from dist/page alike: the page is served as it is written.
const ASSETS = fileURLToPath(new URL('../../src/page/assets/', import.meta.url))
const SAMPLES = fileURLToPath(new URL('../../samples/', import.meta.url))

const require = createRequire(import.meta.url)
const LIT = dirname(require.resolve('lit/html.js'))
const LIT_HTML = packageOf(createRequire(join(LIT, 'html.js')).resolve('lit-html'), 'lit-html')

/** The folder of a package. Its entry is another file under Node than in a browser, in a folder below. */
function packageOf(entry: string, name: string): string {
  const folder = join('node_modules', name)
  return entry.slice(0, entry.lastIndexOf(folder) + folder.length)
}

const SAMPLE_NAMES = [
  ...['photos/dog', 'photos/cat', 'photos/raccoon', 'photos/coffee', 'photos/rocket'],
  ...['dog', 'bird', 'plant', 'nothing'],
]

/** Every file that the page may load, by its address. */
const FILES: ReadonlyMap<string, { readonly path: string; readonly type: string }> = new Map([
  ...['app.js', 'composer.js', 'inspector.js', 'parts.js', 'store.js', 'switches.js', 'tweets.js'].map(
    (name) => [`/_page/${name}`, script(join(ASSETS, name))] as const,
  ),
  ['/_page/style.css', { path: join(ASSETS, 'style.css'), type: 'text/css; charset=utf-8' }],
  ['/_page/icon.svg', { path: join(ASSETS, 'icon.svg'), type: 'image/svg+xml' }],
  ...['html.js', 'directives/live.js', 'directives/repeat.js'].map(
    (name) => [`/_page/lit/${name}`, script(join(LIT, name))] as const,
  ),
  ...[
    ...['lit-html.js', 'directive.js', 'directive-helpers.js'],
    ...['directives/live.js', 'directives/repeat.js'],
  ].map((name) => [`/_page/lit-html/${name}`, script(join(LIT_HTML, name))] as const),
  ...SAMPLE_NAMES.map(
    (name) => [`/_local/samples/${name}.jpg`, { path: join(SAMPLES, `${name}.jpg`), type: 'image/jpeg' }] as const,
  ),
])

function script(path: string): { readonly path: string; readonly type: string } {
  return { path, type: 'text/javascript; charset=utf-8' }
}

const IMPORT_MAP = JSON.stringify({
  imports: {
    'lit/': '/_page/lit/',
    'lit-html': '/_page/lit-html/lit-html.js',
    'lit-html/': '/_page/lit-html/',
  },
})

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>local X</title>
<link rel="icon" href="/_page/icon.svg">
<link rel="stylesheet" href="/_page/style.css">
<script type="importmap">${IMPORT_MAP}</script>
<script type="module" src="/_page/app.js"></script>
</head>
<body><noscript>This page needs JavaScript. The controls answer to curl too: curl the address of this page.</noscript></body>
</html>
`

const hash = createHash('sha256').update(IMPORT_MAP).digest('base64')

const SECURITY = {
  'content-security-policy': [
    "default-src 'none'",
    `script-src 'self' 'sha256-${hash}'`,
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types lit-html',
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

/** The page for browsers, its files, and the photos; to whoever does not ask for HTML, `/` is answered in plain text. */
export function routePage(host: Hono<ControlEnv>, world: World, welcome: (url: string, world: World) => string): void {
  host.use(async (c, next) => {
    await next()
    for (const [name, value] of Object.entries(SECURITY)) c.res.headers.set(name, value)
  })

  host.get('/', (c) =>
    c.req.header('accept')?.includes('text/html')
      ? c.html(PAGE)
      : c.text(welcome(`http://${c.req.header('host')}`, world)),
  )

  for (const [address, { path, type }] of FILES) {
    host.get(address, async (c) => c.body(new Uint8Array(await readFile(path)), 200, { 'content-type': type }))
  }

  host.get('/_local/media/:key', (c) => {
    const found = world.media.find(c.req.param('key'))
    if (found === undefined) return c.notFound()
    return c.body(new Uint8Array(found.picture.bytes), 200, { 'content-type': found.picture.type })
  })
}
