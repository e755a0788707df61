import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'

const textOf = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8').trim()

test("hexbird's own pages have the same logo: the site, the local X and the status page", () => {
  const logo = textOf('packages/local-x/src/page/assets/icon.svg')
  expect(textOf('site/public/icon.svg')).toBe(logo)
  expect(textOf('packages/http/src/logo.ts')).toContain(`'${logo}'`)
})
