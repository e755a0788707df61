import { fileURLToPath } from 'node:url'
import { browserTest, closeBrowser, openPage, type Page, screenshot } from '@hexbird/testkit/browser'
import { afterAll, afterEach, describe, expect, test } from '@jest/globals'
import { type ChosenLabeler, chooseLabeler } from '../src/local/labeler.js'
import type { LocalBot, LocalBotOptions } from '../src/local-bot.js'
import { startLocalBot } from '../src/local-bot.js'

const sample = (name: string) => fileURLToPath(new URL(`../../local-x/samples/${name}.jpg`, import.meta.url))

let running: LocalBot[] = []
let labelers: ChosenLabeler[] = []
afterEach(async () => {
  await Promise.all([...running, ...labelers].map((one) => one.close()))
  running = []
  labelers = []
})
afterAll(closeBrowser)

const people = ['alice', 'bob', 'carol'].map((username) => ({ username }))

async function open(options: LocalBotOptions = {}, browserOptions: Parameters<typeof openPage>[1] = {}) {
  const labeler = await chooseLabeler({}, { note: () => {} })
  const local = await startLocalBot({
    ports: ({ blobs }) => ({ labeler: labeler.over(blobs) }),
    ...options,
    localX: { people, ...options.localX },
  })
  labelers.push(labeler)
  running.push(local)
  const { page, problems } = await openPage(local.x.url, browserOptions)
  return { local, x: local.x, page, problems }
}

const reply = (page: Page) => page.locator('article.bot')
const post = (page: Page) => page.getByRole('button', { name: 'Post', exact: true })
const attach = (page: Page, what: string) => page.getByRole('button', { name: `Attach the photo of ${what}` })

test('a bot tells the local X what became of each tweet', async () => {
  const local = await startLocalBot()
  running.push(local)
  const { id } = await local.x.tweet({ as: 'alice', text: '@hexbird hi' })
  await local.idle()
  expect(local.x.outcomes()).toEqual([{ tweetId: id, kind: 'replied', text: 'replied' }])
})

describe('on the page of the local X', () => {
  browserTest('the reply to a sample photo appears without reloading, with what became of the tweet', async () => {
    const { page, problems, x } = await open({ localX: { people: [] } }, { viewport: { width: 1180, height: 940 } })
    await page.evaluate('window.still = true')
    await attach(page, 'a dog').click()
    await post(page).click()
    await reply(page)
      .getByText(/: Dog\./)
      .waitFor()
    await page.locator('article:not(.bot)').getByText('replied', { exact: true }).waitFor()
    expect(await page.getByRole('status').textContent()).toMatch(/^@hexbird replied to @alice: .*Dog/)
    const photo = page.getByRole('img', { name: 'Photo without a description' })
    await photo.waitFor()
    expect(await page.evaluate("document.querySelector('.photos img').naturalWidth")).toBeGreaterThan(100)
    expect(await page.evaluate('window.still')).toBe(true)
    expect(x.tweets()).toHaveLength(2)
    expect(problems).toEqual([])
    await page.evaluate('document.activeElement.blur()')
    await screenshot(page, 'light')
  })

  browserTest('a photo from the disk is described, posted and answered', async () => {
    const { page, x } = await open()
    await page.getByLabel('Add photos').setInputFiles(sample('bird'))
    await page.getByLabel('Describe photo 1').fill('a robin on a post')
    await screenshot(page, 'composing')
    await post(page).click()
    await reply(page).getByText(/Bird/).waitFor()
    await page.getByRole('img', { name: 'a robin on a post' }).waitFor()
    expect(x.tweets()[0]?.photos).toMatchObject([{ altText: 'a robin on a post', kind: 'photo' }])
  })

  browserTest('a delivery is redelivered, and there is no second reply', async () => {
    const { page, x, local } = await open()
    await attach(page, 'a dog').click()
    await post(page).click()
    await reply(page).waitFor()
    await page.getByRole('button', { name: /^Redeliver post.mention.create/ }).click()
    await page.getByText('attempt 2').waitFor()
    await local.idle()
    await page.getByText(/^ignored/).waitFor()
    expect(await reply(page).count()).toBe(1)
    expect(x.deliveries().filter(({ attempt, status }) => attempt === 2 && status === 200)).toHaveLength(1)
  })

  browserTest('the body of a delivery is shown with all digits of its ids', async () => {
    const { page, x } = await open({ dialects: ['account-activity'] })
    await post(page).click()
    await reply(page).waitFor()
    await page.locator('[data-delivery="1"] summary').click()
    const body = await page.locator('[data-delivery="1"] pre').textContent()
    expect(body).toContain(`"id": ${x.tweets()[0]?.id},\n`)
    expect(body).toMatch(/^\{\n {2}"for_user_id": "/)
    expect(await page.locator('[data-delivery="1"]').textContent()).toContain('x-twitter-webhooks-signature')
    await screenshot(page, 'inspector')
  })

  browserTest('a switch has its effect: each event comes twice, and is answered once', async () => {
    const { page, x, local } = await open()
    await page.getByRole('switch', { name: 'Deliver each event twice' }).check()
    await attach(page, 'a dog').click()
    await post(page).click()
    await reply(page).waitFor()
    await local.idle()
    expect(x.switches().duplicate).toBe(true)
    const mentions = x.deliveries().filter(({ body }) => Buffer.from(body).includes('post.mention.create'))
    expect(mentions).toHaveLength(2)
    expect(await reply(page).count()).toBe(1)
  })

  browserTest('all of a tweet can be done by keyboard', async () => {
    const { page, x } = await open()
    const focused = () => page.evaluate('document.activeElement.outerHTML')
    const tabTo = async (what: RegExp) => {
      for (let steps = 0; steps < 60; steps += 1) {
        await page.keyboard.press('Tab')
        if (what.test(String(await focused()))) return
      }
      throw new Error(`Tab does not lead to ${what}.`)
    }
    await tabTo(/value="alice"/)
    await page.keyboard.press('ArrowRight')
    await tabTo(/id="words"/)
    await page.keyboard.press('Control+A')
    await page.keyboard.type('Please, @hexbird, what is it?')
    await tabTo(/samples\/photos\/dog\.jpg/)
    await page.keyboard.press('Enter')
    await page.getByLabel('Describe photo 1').waitFor()
    await tabTo(/class="primary"/)
    await page.keyboard.press('Enter')
    await reply(page).getByText(/Dog/).waitFor()
    expect(x.tweets()[0]).toMatchObject({ author: { username: 'bob' }, displayText: 'Please, @hexbird, what is it?' })
    await tabTo(/aria-label="[^"]*open the conversation"/)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Conversation' }).waitFor()
    await screenshot(page, 'conversation')
  })

  browserTest('it is readable in the dark, and on a narrow screen nothing sticks out', async () => {
    const narrow = await open({}, { viewport: { width: 360, height: 740 } })
    await attach(narrow.page, 'a dog').click()
    await narrow.page.getByLabel('Describe photo 1').waitFor()
    const widths = () =>
      narrow.page.evaluate('[document.documentElement.scrollWidth, document.documentElement.clientWidth]')
    expect(await widths()).toEqual([360, 360])
    await screenshot(narrow.page, 'narrow-composing')
    await post(narrow.page).click()
    await reply(narrow.page).waitFor()
    await screenshot(narrow.page, 'narrow-timeline')
    await narrow.page.locator('summary').last().click()
    expect(await widths()).toEqual([360, 360])
    await screenshot(narrow.page, 'narrow')
    const dark = await openPage(narrow.x.url, { colorScheme: 'dark' })
    const colours = await dark.page.evaluate(
      '[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]',
    )
    expect(colours).toEqual(['rgb(20, 25, 26)', 'rgb(230, 236, 233)'])
    await screenshot(dark.page, 'dark')
  })
})
