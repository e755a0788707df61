import { describe, expect, test } from '@jest/globals'
import { createLog, type Entry, fieldsOf } from '../../src/run/log.js'
import { createSweptTeller } from '../../src/run/tell-swept.js'
import { signInEntry } from '../../src/run/tell-web.js'
import { fakeTerminal } from '../fake-terminal.js'

const now = () => Date.UTC(2026, 10, 29, 12)
const ENTRY: Entry = {
  message: 'Replied.',
  fields: { tweet: '42', reason: undefined, detail: 'two\nlines\x1b[8m' },
  quoted: 'What is this?\nhexbird: forged',
}

describe('a log', () => {
  test('is one JSON object a line, without what people wrote, where no person looks on', () => {
    const { terminal, shown } = fakeTerminal()
    createLog(terminal, { now })(ENTRY)
    expect(shown.stdout).toMatch(/^\{[ -~]+\}\n$/)
    expect(JSON.parse(shown.stdout)).toEqual({
      time: '2026-11-29T12:00:00.000Z',
      level: 'info',
      message: 'Replied.',
      tweet: '42',
      detail: 'two\nlines\x1b[8m',
    })
  })

  test('has the message of an error, and why it came to that', () => {
    const cause = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })
    expect(fieldsOf(new TypeError('fetch failed', { cause }))).toEqual({ error: 'fetch failed: ECONNREFUSED' })
    expect(fieldsOf(new Error('Away: no route', { cause: new Error('no route') }))).toEqual({ error: 'Away: no route' })
  })

  test('keeps its own time, level and message, whatever the fields are called', () => {
    const { terminal, shown } = fakeTerminal()
    createLog(terminal, { now })({ message: 'Told.', fields: { tweet: '42', message: 'x', level: 'x', time: 'x' } })
    expect(JSON.parse(shown.stdout)).toEqual({
      time: '2026-11-29T12:00:00.000Z',
      level: 'info',
      message: 'Told.',
      tweet: '42',
    })
  })

  test('tells of a sign-in what became of the follow and of the direct message', () => {
    const done = { kind: 'done' } as const
    expect(signInEntry({ kind: 'signed-in', uid: '7', username: 'ann', follow: done, message: done })).toEqual({
      message: 'Signed in.',
      fields: { user: '7', follow: 'done', dm: 'done' },
    })
  })

  test('is for people on a screen, and nothing that others wrote forges or hides a line', () => {
    const { terminal, shown } = fakeTerminal({ screen: true })
    createLog(terminal, { now })(ENTRY)
    expect(shown.stdout).toMatch(
      /Replied\..*tweet=42 detail=two↵lines\ufffd\[8m.*\n +What is this\?↵hexbird: forged\n$/,
    )
  })

  test('is JSON on a screen if it is asked for, and on standard error with --json', () => {
    const { terminal, shown } = fakeTerminal({ screen: true })
    terminal.json = true
    createLog(terminal, { now, json: true })({
      level: 'error',
      message: 'It broke.',
      fields: fieldsOf(new Error('no')),
    })
    expect(shown.stdout).toBe('')
    expect(JSON.parse(shown.stderr)).toMatchObject({ level: 'error', message: 'It broke.', error: 'no' })
  })
})

describe('what keeps X from listing mentions', () => {
  const telling = () => {
    const entries: Entry[] = []
    const tell = createSweptTeller(
      (entry) => entries.push(entry),
      (reason) => (reason === 'stopped' ? 'To resume: hexbird resume' : ''),
    )
    return {
      tell,
      messages: () => entries.map(({ message }) => message),
      levels: () => entries.map(({ level }) => level),
    }
  }

  test('is told once, however long it lasts, and so is its end', () => {
    const { tell, messages } = telling()
    for (const until of ['12:01', '12:02', '12:03']) tell({ kind: 'deferred', reason: 'rate-limited', detail: until })
    tell({ kind: 'swept', found: 0, unreadable: 0 })
    tell({ kind: 'swept', found: 2, unreadable: 0 })
    expect(messages()).toEqual(['Mentions are not being listed.', 'Mentions are being listed again.', 'New mentions.'])
  })

  test('is told anew if it becomes something else', () => {
    const { tell, messages } = telling()
    const error = Object.assign(new Error('The disk is full.'), { code: 'STORE_DISK_FULL' })
    tell({ kind: 'failed', error })
    tell({ kind: 'failed', error })
    tell({ kind: 'over-budget', detail: '' })
    tell({ kind: 'deferred', reason: 'stopped', detail: '' })
    expect(messages()).toEqual([
      'Mentions could not be listed.',
      expect.stringContaining('budget for listing mentions is used up'),
      'Posting is stopped, and no mentions are listed. To resume: hexbird resume',
    ])
  })

  test('is an error only if nobody asked for it', () => {
    const { tell, levels } = telling()
    for (const reason of ['stopped', 'no-credits', 'rate-limited'] as const)
      tell({ kind: 'deferred', reason, detail: '' })
    expect(levels()).toEqual(['warn', 'error', 'warn'])
  })
})
