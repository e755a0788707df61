import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { axeFaults, browserTest, closeBrowser, openPage, type Page, screenshot } from '@hexbird/testkit/browser'
import { afterAll, afterEach, describe, expect, test } from '@jest/globals'
import type { LocalXOptions } from '../../src/index.js'
import { type Closers, clientsOf, closeAll, start, startWebhook } from '../support.js'

const stack: Closers = []
afterEach(() => closeAll(stack))
afterAll(closeBrowser)

const sample = (name: string) => fileURLToPath(new URL(`../../samples/${name}.jpg`, import.meta.url))

async function open(options: LocalXOptions = {}) {
  const people = ['alice', 'bob', 'carol'].map((username) => ({ username }))
  const x = await start(stack, { people, ...options })
  return { x, ...(await openPage(x.url)) }
}

const post = (page: Page) => page.getByRole('button', { name: 'Post', exact: true }).click()
const words = (page: Page) => page.getByLabel('Words of the tweet')

test('where there is no Chromium, the tests of this folder are skipped and say so', () => {
  expect(readFileSync(new URL('../../../../tools/testkit/src/browser.ts', import.meta.url), 'utf8')).toContain(
    'test.skip(`${name} (skipped: no Chromium',
  )
})

describe('what people send stays text:', () => {
  const evil = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>${window.hit=1}{{hit}}'

  browserTest('words, names, descriptions, outcomes, events', async () => {
    const { x, page, problems } = await open({
      people: [{ username: 'mallory', name: '"><script>window.hit=1</script>' }],
    })
    const hook = await startWebhook(x.credentials.consumerSecret, stack)
    const { asApp } = clientsOf(x)
    await asApp.v2.post('webhooks', { url: hook.url })
    const photos = [{ bytes: readFileSync(sample('dog')), altText: `" onerror="window.hit=1` }]
    const { id } = await x.tweet({ as: 'mallory', text: evil, photos })
    x.noteOutcome(id, { kind: '<b>ignored', reason: evil })
    await x.deliver(JSON.stringify({ [evil]: 1 }))
    await x.deliver('</pre><script>window.hit=1</script>')
    const tweet = page.locator(`[data-tweet="${id}"]`)
    await tweet.getByText(evil, { exact: true }).waitFor()
    await page.getByText('<b>ignored').waitFor()
    await page.getByRole('img', { name: '" onerror="window.hit=1' }).waitFor()
    await page.locator('[data-delivery="2"] summary').click()
    expect(await page.locator('[data-delivery="2"] pre').textContent()).toContain('<script>')
    expect(await page.evaluate('window.hit')).toBeUndefined()
    expect(await page.locator('article script, article b, pre script').count()).toBe(0)
    expect(problems).toEqual([])
  })

  browserTest('and were there markup after all, the page’s own policy would not run it', async () => {
    const { page, problems } = await open()
    await page.evaluate(`
      window.refused = 0
      for (const attempt of [
        () => { document.body.innerHTML += '<img src=x onerror="window.hit=1">' },
        () => { document.body.setAttribute('onclick', 'window.hit=1'); document.body.click() },
        () => { document.body.append(Object.assign(document.createElement('script'), { text: 'window.hit=1' })) },
      ]) try { attempt() } catch { window.refused += 1 }
    `)
    expect(await page.evaluate('[window.hit, window.refused]')).toEqual([undefined, 3])
    expect(problems.join()).toMatch(/TrustedHTML.*TrustedScript.*TrustedScript/s)
  })
})

describe('a tweet', () => {
  browserTest('is written as somebody new, with a photo by drop and one by paste', async () => {
    const { x, page } = await open()
    await page.getByLabel('Username of somebody new').fill('@dave')
    await page.getByRole('button', { name: 'Add the person' }).click()
    await page.getByRole('radio', { name: '@dave' }).waitFor()
    const bytes = readFileSync(sample('plant')).toString('base64')
    const give = (type: string, property: string) =>
      page.evaluate(`{
        const bytes = Uint8Array.from(atob(${JSON.stringify(bytes)}), (letter) => letter.charCodeAt(0))
        const data = new DataTransfer()
        data.items.add(new File([bytes], 'plant.jpg', { type: 'image/jpeg' }))
        const event = new ${property === 'clipboardData' ? 'ClipboardEvent' : 'DragEvent'}('${type}', { ${property}: data, bubbles: true, cancelable: true })
        document.querySelector('#words').dispatchEvent(event)
      }`)
    await give('drop', 'dataTransfer')
    await page.getByLabel('Describe photo 1').waitFor()
    await give('paste', 'clipboardData')
    await page.getByLabel('Describe photo 2').waitFor()
    await words(page).fill('look at these')
    await post(page)
    await page.locator('article').getByText('look at these').waitFor()
    expect(x.tweets()).toMatchObject([{ author: { username: 'dave' }, photos: [{}, {}] }])
  })

  browserTest('is replied to, quoted, edited and deleted', async () => {
    const { x, page } = await open()
    const { id } = await x.tweet({ as: 'alice', text: 'what is it?' })
    const tweet = page.locator(`[data-tweet="${id}"]`)
    await tweet.getByRole('button', { name: 'Edit the tweet of @alice' }).click()
    expect(await words(page).inputValue()).toBe('what is it?')
    await words(page).fill('what is this?')
    await page.getByRole('button', { name: 'Save edit' }).click()
    await page.getByText('Edited', { exact: true }).waitFor()
    const edit = page.locator(`[data-tweet="${x.tweets().at(-1)?.id}"]`)
    await edit.getByRole('button', { name: /^Reply/ }).click()
    await page.getByText('Replying to @alice').waitFor()
    await words(page).fill('a chair')
    await post(page)
    await edit.getByRole('button', { name: /^Quote/ }).click()
    await words(page).fill('see')
    await post(page)
    await page.locator('blockquote').getByText('what is this?').waitFor()
    expect(x.tweets().slice(2)).toMatchObject([
      { displayText: 'a chair', inReplyTo: { id: x.tweets()[1]?.id } },
      { displayText: 'see', quoted: { id: x.tweets()[1]?.id } },
    ])
    await edit.getByRole('button', { name: /^Delete/ }).click()
    await page.getByText('This tweet was deleted.').first().waitFor()
    expect(x.tweets().filter(({ deleted }) => deleted)).toHaveLength(2)
  })

  browserTest('that bots get wrong is one press away', async () => {
    const { x, page } = await open()
    await x.tweet({ as: 'hexbird', text: 'I name animals.' })
    await page.getByText('Tweets that bots get wrong').click()
    const wanted = {
      'Four photos': { photos: [{}, {}, {}, {}] },
      'A GIF': { photos: [{ kind: 'animated_gif' }] },
      'A video': { photos: [{ kind: 'video' }] },
      'An author who opts out': { displayText: '@hexbird stop' },
      'A long tweet': { displayText: expect.stringMatching(/^.{300,}$/) },
      'A quote that summons': { quoted: { author: { username: 'hexbird' } } },
      'An implicit mention': { text: '@hexbird thank you', displayText: 'thank you' },
    }
    for (const [name, tweet] of Object.entries(wanted)) {
      const before = x.tweets().length
      await page.getByRole('button', { name, exact: true }).click()
      const photos = 'photos' in tweet ? tweet.photos.length : name.startsWith('An') ? 0 : 1
      if (photos > 0) await page.getByLabel(`Describe photo ${photos}`).waitFor()
      if (name === 'A GIF' || name === 'A video')
        await page.locator('select option:checked', { hasText: /GIF|video/ }).waitFor({ state: 'attached' })
      await post(page)
      await page.locator('article').nth(before).waitFor()
      expect([name, x.tweets().at(-1)]).toEqual([name, expect.objectContaining(match(tweet))])
    }
    await screenshot(page, 'presets')
  })

  browserTest('takes no file that X would refuse, says so in X’s words at once, and keeps the others', async () => {
    const { x, page } = await open()
    const wrong = [
      { name: 'broken.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture') },
      { name: 'empty.jpg', mimeType: 'image/jpeg', buffer: Buffer.alloc(0) },
      { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture') },
    ]
    const right = { name: 'dog.jpg', mimeType: 'image/jpeg', buffer: readFileSync(sample('dog')) }
    await page.locator('input[type=file]').setInputFiles([...wrong, right])
    const alert = page.getByRole('alert')
    await alert.getByText('broken.jpg: X refuses this photo: "media type unrecognized."').waitFor()
    for (const { name } of wrong) expect(await alert.textContent()).toContain(name)
    expect(await alert.textContent()).not.toContain('dog.jpg')
    await page.getByLabel('Describe photo 1').waitFor()
    expect(await page.getByRole('list', { name: 'Photos to post' }).getByRole('listitem').count()).toBe(1)
    await screenshot(page, 'refused')
    await post(page)
    await page.locator('article').waitFor()
    expect(x.tweets()).toMatchObject([{ photos: [{}] }])
  })

  browserTest('without words is refused, and says what to do', async () => {
    const { x, page } = await open()
    await words(page).fill(' ')
    await post(page)
    await page.getByRole('alert').getByText('X refuses an empty post. Write something, or add a photo.').waitFor()
    expect(x.tweets()).toEqual([])
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await page.getByRole('alert').waitFor({ state: 'hidden' })
  })

  browserTest('is counted as X counts it while it is written', async () => {
    const { page } = await open()
    await page.getByText('22 of 280 characters').waitFor()
    await words(page).fill('犬 https://example.com/an/address/of/any/length')
    await page.getByText('26 of 280 characters').waitFor()
    await words(page).fill('犬'.repeat(141))
    await page.getByText('282 characters: only a Premium account may post more than 280').waitFor()
    await words(page).fill('犬'.repeat(12_501))
    await page.getByText('25,002 characters: X takes at most 25,000').waitFor()
  })

  browserTest('has one of the sample photographs, which come before the drawings', async () => {
    const { x, page } = await open()
    const samples = page.getByRole('group', { name: 'Sample photos' }).getByRole('img')
    await samples.nth(8).waitFor()
    const names = await samples.evaluateAll((images) => images.map((image) => image.getAttribute('alt')))
    expect(names.map((name) => name?.split(' ').slice(0, 3).join(' '))).toEqual([
      ...Array<string>(5).fill('Attach the photo'),
      ...Array<string>(4).fill('Attach the drawing'),
    ])
    await page.getByRole('button', { name: 'Attach the photo of a dog' }).click()
    await page.getByLabel('Describe photo 1').waitFor()
    await post(page)
    await page.locator('article figure img').waitFor()
    expect(x.tweets()[0]?.photos).toMatchObject([{ width: 330, height: 430 }])
  })

  browserTest('that X would refuse is explained', async () => {
    const { page } = await open()
    await page.getByLabel('Username of somebody new').fill('no spaces')
    await page.getByRole('button', { name: 'Add the person' }).click()
    await page.getByRole('alert').getByText('is no username on X').waitFor()
  })
})

browserTest('a conversation is one address, that can be opened by itself and left again', async () => {
  const { x, page } = await open()
  const first = await x.tweet({ as: 'alice', text: 'first' })
  await x.tweet({ as: 'bob', text: 'second', inReplyTo: first.id })
  await x.tweet({ as: 'carol', text: 'elsewhere' })
  const { page: direct } = await openPage(`${x.url}/#/tweet/${first.id}`)
  await direct.getByRole('heading', { name: 'Conversation' }).waitFor()
  expect(await direct.locator('article').count()).toBe(2)
  await direct.getByText(first.id, { exact: true }).waitFor()
  await page.locator(`[data-tweet="${first.id}"] .text`).click()
  await page.getByRole('heading', { name: 'Conversation' }).waitFor()
  await page.goBack()
  expect(await page.locator('article').count()).toBe(3)
})

browserTest('the switches show what they are, also when something else sets them', async () => {
  const { x, page } = await open()
  x.set({ duplicate: true, drop: 3 })
  await page.getByRole('switch', { name: 'Deliver each event twice', checked: true }).waitFor()
  expect(await page.getByLabel('Lose the next').inputValue()).toBe('3')
  await page.getByLabel('Answers late by').fill('250')
  await page.getByLabel('Answers late by').press('Enter')
  await page.getByRole('switch', { name: 'Try again after a failure', checked: false }).click()
  await page.getByRole('switch', { name: 'Try again after a failure', checked: true }).waitFor()
  await page.getByText('People: protect, revoke').click()
  await page.getByRole('switch', { name: 'Protect @bob' }).check()
  expect(x.switches()).toMatchObject({ slowApiMs: 250, retryAfterMs: [3_000, 27_000, 242_000] })
  await page.getByRole('switch', { name: 'Protect @bob', checked: true }).waitFor()
  expect(x.person('bob').protected).toBe(true)
})

browserTest('says what became of a tweet in words, when the next try is, and where the bot has pages', async () => {
  const { x, page } = await open()
  const at = (hour: number) => new Date(2026, 10, 30, hour, 5, 9).getTime()
  const shown = (hour: number) =>
    page.evaluate(
      `new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(${at(hour)})`,
    )
  x.noteBot({ links: [{ text: 'Sign in', url: 'http://127.0.0.1:1/sign-in' }], nextSweepAt: at(10) })
  await page.getByRole('navigation', { name: 'Pages of the bot' }).getByRole('link', { name: 'Sign in' }).waitFor()
  await page.getByText(`asks for mentions that were not delivered. Next try: ${await shown(10)}`).waitFor()
  const { id } = await x.tweet({ as: 'alice', text: '@hexbird what is this?' })
  const tweet = page.locator(`[data-tweet="${id}"]`)
  await tweet.getByText(`@hexbird knows nothing of this yet. Next try: ${await shown(10)}`).waitFor()
  x.noteBot({ paused: true })
  await tweet.getByText('@hexbird knows nothing of this yet. It is paused.').waitFor()
  await page.getByText('@hexbird is paused, and asks for no mentions.').waitFor()
  x.noteBot({ paused: false })
  x.noteOutcome(id, { kind: 'job-stored', text: 'photo stored, looking…' })
  await tweet.getByText('photo stored, looking…').waitFor()
  x.noteOutcome(id, { kind: 'deferred', reason: 'unreachable', text: 'waiting: X cannot be reached', retryAt: at(11) })
  await tweet.getByText(`next try: ${await shown(11)}`).waitFor()
  expect(await tweet.getByText('photo stored, looking…').count()).toBe(0)
  const lost = { kind: 'deferred', reason: 'ambiguous', text: 'a reply may have been posted', retryAt: at(12) }
  x.noteOutcome(id, lost)
  await tweet.getByText(`checking at ${await shown(12)}`).waitFor()
  x.noteOutcome(id, { kind: 'replied', text: 'replied' })
  await tweet.getByText('replied', { exact: true }).waitFor()
  expect(await tweet.getByText('waiting').count()).toBe(0)
  const other = await x.tweet({ as: 'alice', text: 'good morning' })
  await page.locator(`[data-tweet="${other.id}"]`).getByText('@hexbird is not mentioned, so X does not tell').waitFor()
})

browserTest('everything that can be pressed has an edge or a colour of its own', async () => {
  const { x, page } = await open()
  const hook = await startWebhook(x.credentials.consumerSecret, stack)
  await clientsOf(x).asApp.v2.post('webhooks', { url: hook.url })
  await x.tweet({ as: 'alice', text: 'hi' })
  await page.getByRole('button', { name: /^Send a challenge/ }).waitFor()
  const bare = await page.evaluate(`[...document.querySelectorAll('button, .button')]
    .filter((one) => one.checkVisibility() && !one.matches('.sample'))
    .filter((one) => { const { borderTopColor, borderTopWidth, backgroundColor } = getComputedStyle(one)
      const clear = 'rgba(0, 0, 0, 0)'
      return (borderTopWidth === '0px' || borderTopColor === clear) && backgroundColor === clear })
    .map((one) => one.textContent.trim())`)
  expect(bare).toEqual([])
})

describe.each([
  [390, 'light'],
  [390, 'dark'],
  [1280, 'light'],
  [1280, 'dark'],
] as const)('at %i pixels, %s, the page', (width, colorScheme) => {
  browserTest('can be read and used by everybody: axe finds no fault, and nothing sticks out', async () => {
    const { x } = await open()
    const hook = await startWebhook(x.credentials.consumerSecret, stack)
    const { asApp } = clientsOf(x)
    await asApp.v2.post('webhooks', { url: hook.url })
    x.noteBot({ links: [{ text: 'Sign in', url: 'http://127.0.0.1:1/sign-in' }], nextSweepAt: Date.now() + 5000 })
    const photos = [{ bytes: readFileSync(sample('photos/dog')), altText: 'a dog' }]
    const first = await x.tweet({ as: 'alice', text: '@hexbird what is this?', photos })
    await x.tweet({ as: 'hexbird', text: 'A dog, I think.', inReplyTo: first.id })
    const second = await x.tweet({ as: 'bob', text: '@hexbird and this?', photos: [...photos, ...photos] })
    const third = await x.tweet({ as: 'carol', text: '@hexbird hello?' })
    await x.tweet({ as: 'dave', text: 'good morning' })
    x.noteOutcome(first.id, { kind: 'replied', text: 'replied' })
    const until = Date.now() + 60_000
    x.noteOutcome(second.id, { kind: 'deferred', text: 'waiting: X cannot be reached', retryAt: until })
    x.noteOutcome(third.id, {
      kind: 'ignored',
      text: 'ignored: over the daily limit of one author, resets at 00:00 UTC',
    })
    await x.deliver(JSON.stringify({ data: { event_type: 'post.mention.create' } }))
    const { page } = await openPage(x.url, { viewport: { width, height: 900 }, colorScheme })
    await page.getByText('resets at 00:00 UTC').waitFor()
    await page.getByRole('button', { name: /^Redeliver post.mention.create/ }).waitFor()
    expect(await axeFaults(page)).toEqual([])
    await screenshot(page, `page-${width}-${colorScheme}`, true)
    await words(page).fill('')
    await post(page)
    await page.getByRole('alert').getByText('X refuses an empty post').waitFor()
    for (const summary of await page.locator('summary').all()) await summary.click()
    await page.getByRole('button', { name: 'Attach the photo of a cat' }).click()
    await page.getByLabel('Describe photo 1').waitFor()
    expect(await axeFaults(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    await screenshot(page, `open-${width}-${colorScheme}`, true)
    await page.goto(`${x.url}/#/tweet/${first.id}`)
    await page.getByRole('heading', { name: 'Conversation' }).waitFor()
    expect(await axeFaults(page)).toEqual([])
  })
})

browserTest('a webhook that became invalid is shown as such, and revived', async () => {
  const { x, page } = await open()
  const hook = await startWebhook(x.credentials.consumerSecret, stack)
  const { id } = (await clientsOf(x).asApp.v2.post('webhooks', { url: hook.url })).data
  hook.crc = 'wrong'
  await page.getByRole('button', { name: /^Send a challenge/ }).click()
  await page.getByText('invalid', { exact: true }).waitFor()
  hook.crc = 'right'
  await clientsOf(x).asApp.v2.put('webhooks/:id', undefined, { params: { id } })
  await page.getByText('valid', { exact: true }).waitFor()
})

const match = (wanted: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(wanted).map(([key, value]) => [
      key,
      Array.isArray(value)
        ? value.map((one) => expect.objectContaining(one))
        : typeof value === 'object' && !('asymmetricMatch' in value)
          ? expect.objectContaining(match(value))
          : value,
    ]),
  )
