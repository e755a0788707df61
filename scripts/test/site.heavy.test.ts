import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, posix, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { browserTest, closeBrowser, newPage, screenshot } from '@hexbird/testkit/browser'
import { afterAll, beforeAll, expect, test } from '@jest/globals'

const root = fileURLToPath(new URL('../../', import.meta.url))
const TYPES: Readonly<Record<string, string>> = {
  ...{ '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json' },
  ...{ '.svg': 'image/svg+xml', '.png': 'image/png', '.md': 'text/markdown', '.txt': 'text/plain' },
}

/** Where the site says that it is. */
const ORIGIN = 'https://docs.example'

let site: string
let server: Server | undefined
let origin: string
let pages: readonly string[]

/** The file that an address of the site names. */
const fileOf = (path: string) =>
  [path, `${path}.html`, posix.join(path, 'index.html')]
    .map((one) => join(site, one))
    .find((one) => extname(one) !== '' && existsSync(one))

beforeAll(async () => {
  site = mkdtempSync(join(tmpdir(), 'hexbird-site-'))
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'site/build.mjs'), site], {
    env: { ...process.env, HEXBIRD_SITE_ORIGIN: ORIGIN },
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${stdout}${stderr}`)
  pages = readdirSync(site, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.html') && file !== '404.html')
    .map((file) => `/${file.split(sep).join('/')}`)
  server = createServer(({ url = '/' }, response) => {
    const file = fileOf(decodeURIComponent(new URL(url, 'http://site').pathname))
    if (file) response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain' }).end(readFileSync(file))
    else response.writeHead(404).end()
  })
  const listening = server
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`
}, 600_000)

afterAll(async () => {
  await closeBrowser()
  server?.closeAllConnections()
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)))
  rmSync(site, { recursive: true })
})

const html = (page: string) => readFileSync(join(site, page), 'utf8')
const idsOf = (page: string) => new Set([...html(page).matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id))

test('every link of every page leads to a page, and to a place on it', () => {
  const ids = new Map(pages.map((page) => [page, idsOf(page)]))
  const dead: string[] = []
  let followed = 0
  for (const page of pages) {
    for (const [, href = ''] of html(page).matchAll(/\s(?:href|src)="([^"]+)"/g)) {
      if (/^(?:[a-z]+:|\/\/)/.test(href)) continue
      const { pathname, hash } = new URL(href.replaceAll('&amp;', '&'), `http://site${page}`)
      const file = fileOf(decodeURIComponent(pathname))
      followed++
      const there =
        file &&
        `/${file
          .slice(site.length + 1)
          .split(sep)
          .join('/')}`
      const place = decodeURIComponent(hash.slice(1))
      if (!there || (place !== '' && ids.has(there) && !ids.get(there)?.has(place))) dead.push(`${page} → ${href}`)
    }
  }
  expect(dead).toEqual([])
  expect(followed).toBeGreaterThan(1000)
})

test('a link to a source, which works in the repository, leads to the reference on the site', () => {
  for (const [page, path] of [
    ['/your-own-bot.html', '/api/runner'],
    ['/x-in-2026.html', '/api/core-limits#platform'],
    ['/prove.html', '/api/prove#recordeffects'],
  ] as const) {
    const hrefs = Array.from(html(page).matchAll(/\shref="([^"]+)"/g), ([, href = '']) => href)
    const paths = hrefs.map((href) => new URL(href, `http://site${page}`)).map(({ pathname, hash }) => pathname + hash)
    expect(paths.map((one) => one.replace('.html', ''))).toContain(path)
  }
})

test('llms.txt lists every page as Markdown, by absolute links, with the tutorials in order first', () => {
  const index = readFileSync(join(site, 'llms.txt'), 'utf8')
  const links = [...index.matchAll(/^- \[[^\]]+\]\(([^)]+)\)/gm)].map(([, link = '']) => link)
  expect(links.filter((link) => !link.startsWith(`${ORIGIN}/`))).toEqual([])
  const named = links.map((link) => link.slice(ORIGIN.length))
  expect(named.filter((path) => !existsSync(join(site, path)))).toEqual([])
  expect(named.length).toBe(pages.length - 2)
  const tutorials = ['/start.md', '/your-own-bot.md', '/prove.md', '/run.md', '/deploy.md', '/sign-in.md']
  expect(named.slice(0, tutorials.length)).toEqual(tutorials)
  for (const page of ['/x-in-2026.md', '/api/core.md']) expect(named).toContain(page)
  expect(readFileSync(join(site, 'llms-full.txt'), 'utf8')).toContain('# Build your own bot')
})

const SIZES = { '': { width: 1280, height: 720 }, ' on a narrow screen': { width: 390, height: 844 } }

for (const [name, colorScheme] of [
  ['by day', 'light'],
  ['by night', 'dark'],
] as const) {
  browserTest(
    `every page opens ${name}, without an error, and nothing sticks out on a wide or a narrow screen`,
    async () => {
      const { page, problems } = await newPage({ colorScheme })
      for (const path of pages) {
        await page.goto(`${origin}${path}`)
        await page.locator('h1, .rp-home-hero__title').first().waitFor()
        for (const [size, viewport] of Object.entries(SIZES)) {
          await page.setViewportSize(viewport)
          const [scrolls, fits] = (await page.evaluate(
            '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
          )) as [number, number]
          expect([path, size, scrolls]).toEqual([path, size, fits])
          await screenshot(page, `site${path.replaceAll('/', '-').replace('.html', '')} ${name}${size}`)
        }
      }
      expect(problems).toEqual([])
    },
  )
}

browserTest('a newcomer finds the way from the first page to the tutorial, and by a word to its page', async () => {
  const { page } = await newPage()
  await page.goto(origin)
  await page.getByRole('link', { name: 'Build your own bot' }).first().click()
  await page.getByRole('heading', { level: 1, name: 'Build your own bot' }).waitFor()
  await page.keyboard.press('Control+k')
  await page.getByLabel('SearchPanelInput').fill('dead letters')
  await page.locator('.rp-suggest-item__link[href*="/operate"]').first().click()
  await page.getByRole('heading', { level: 1, name: 'Operate' }).waitFor()
})
