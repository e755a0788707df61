import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from '@jest/globals'
import axe from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

export type { Page } from 'playwright-core'

const CHROMIUM = [
  ...[process.env.HEXBIRD_CHROMIUM ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
  ...['/snap/bin/chromium', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'],
].find((path) => path !== '' && existsSync(path))

/** A test that needs a browser. Where there is none it is skipped, and its name says so. */
export function browserTest(name: string, run: () => Promise<void>): void {
  if (CHROMIUM === undefined) test.skip(`${name} (skipped: no Chromium here; HEXBIRD_CHROMIUM names one)`, run)
  else test(name, run, 300_000)
}

let browser: Promise<Browser> | undefined

/** A page, and what was wrong on it: errors, and what its own policy refused. */
export type Shown = { readonly page: Page; readonly problems: string[] }

/** The page of a local X, with a fresh profile. */
export async function openPage(url: string, options: BrowserContextOptions = {}): Promise<Shown> {
  const shown = await newPage(options)
  await shown.page.goto(url)
  await shown.page.getByText('On this machine only').waitFor()
  return shown
}

/** An empty page with a fresh profile: another browser than all others. */
export async function newPage(options: BrowserContextOptions = {}): Promise<Shown> {
  browser ??= chromium.launch({
    ...(CHROMIUM === undefined ? {} : { executablePath: CHROMIUM }),
    args: [
      ...['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync'],
    ],
  })
  const page = await (
    await (await browser).newContext({ viewport: { width: 1180, height: 900 }, ...options })
  ).newPage()
  page.setDefaultTimeout(60_000)
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  return { page, problems }
}

export async function closeBrowser(): Promise<void> {
  const opened = await browser
  browser = undefined
  await opened?.close()
}

/** What axe-core finds fault with on the page as it is shown, by WCAG 2.2 AA and its own best practices: one line each. */
export async function axeFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  // What is still fading in is too pale for anybody, for half a second.
  await page.evaluate(`Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {})))`)
  return page.evaluate(`axe.run(document, { rules: { 'target-size': { enabled: true } } }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => [id, target, failureSummary].join(' ')))
  )`)
}

/** Saves what the page looks like, for people to look at, where `HEXBIRD_SCREENSHOTS` names a folder. */
export async function screenshot(page: Page, name: string, fullPage = false): Promise<void> {
  const folder = process.env.HEXBIRD_SCREENSHOTS
  if (folder !== undefined)
    await page.screenshot({ animations: 'disabled', path: join(folder, `${name}.png`), fullPage })
}
