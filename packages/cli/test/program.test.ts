import type { Tweet } from '@hexbird/core'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import type { Command } from 'commander'
import { foreign } from '../src/foreign.js'
import { describeOutcome } from '../src/local/dev.js'
import { createFailureTeller, toldFailure } from '../src/local/trouble.js'
import { createProgram, run } from '../src/program.js'
import { UsageError } from '../src/usage-error.js'
import { fakeTerminal } from './fake-terminal.js'

/** Each command that does something, with its words: `webhook list`. */
function commandsOf(parent: Command, path = ''): [string, Command][] {
  return parent.commands.flatMap((command) => {
    const words = `${path}${command.name()}`
    return command.commands.length > 0 ? commandsOf(command, `${words} `) : ([[words, command]] as [string, Command][])
  })
}
const all = () => commandsOf(createProgram(fakeTerminal().terminal))

test.each(all().map(([words]) => words))('the help of `%s` says what it does, with examples', async (words) => {
  const { terminal, shown } = fakeTerminal()
  expect(await run(createProgram(terminal), [...words.split(' '), '--help'], terminal)).toBe(0)
  expect(shown.stdout).toContain(`Usage: hexbird ${words} `)
  expect(shown.stdout).toMatch(new RegExp(`\nExamples:\n(.*\n)*? {2}\\$ .*hexbird ${words}`))
  expect(shown.stderr).toBe('')
})

test('no description begins with a capital or ends with a full stop', () => {
  for (const [, command] of all()) expect(command.description()).toMatch(/^[^A-Z].*[^.]$/s)
})

describe('what goes wrong', () => {
  const failing = async (error: Error, ...args: string[]) => {
    const { terminal, shown } = fakeTerminal()
    const program = createProgram(terminal)
    program.command('fail').action(() => Promise.reject(error))
    return { code: await run(program, ['fail', ...args], terminal), ...shown }
  }

  test('as a mistake of the person gets one line and exit code 2', async () => {
    const ran = await failing(new UsageError('There is no such file.', { cause: new Error('ENOENT') }))
    expect(ran).toEqual({ code: 2, stdout: '', stderr: 'hexbird: There is no such file.\n' })
  })

  test('as a world that is broken gets one line with its causes, and exit code 1', async () => {
    const cause = new Error('connect ECONNREFUSED 127.0.0.1:1')
    const ran = await failing(Object.assign(new Error('X does not answer.', { cause }), { code: 'X_UNREACHABLE' }))
    expect(ran.stderr).toBe('hexbird: X does not answer: connect ECONNREFUSED 127.0.0.1:1\n')
    expect(ran.code).toBe(1)
  })

  test('with a file gets one line that says what to do, and exit code 2, in every command', async () => {
    const { open } = await import('node:fs/promises')
    const missing = await open('/no/such/file').catch((error: unknown) => error)
    const ran = await failing(missing as Error)
    expect(ran.stderr).toBe('hexbird: /no/such/file cannot be used: there is no such file or folder. Check the path.\n')
    expect(ran.code).toBe(2)
    for (const code of ['EEXIST', 'EACCES', 'EPERM', 'ENOTDIR', 'ELOOP', 'ENOSPC', 'EROFS', 'EISDIR']) {
      const error = Object.assign(new Error(`${code}: oh`), { code, syscall: 'open', path: 'a-file' })
      const { code: exitCode, stderr } = await failing(error)
      expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/^hexbird: a-file cannot be used: (?!E[A-Z]+: )/)])
    }
  })

  test('with a program that cannot be started is no mistake with a file', async () => {
    const error = Object.assign(new Error('spawn npm ENOENT'), { code: 'ENOENT', syscall: 'spawn npm', path: 'npm' })
    expect(await failing(error)).toMatchObject({ code: 1, stderr: 'hexbird: spawn npm ENOENT\n' })
  })

  test('says what others wrote on one line, so that it forges none', async () => {
    const cause = new Error('no\nhexbird: All is well.\x1b[8m')
    const ran = await failing(Object.assign(new Error('X refuses.', { cause }), { code: 'X_REFUSED' }))
    expect(ran.stderr).toBe('hexbird: X refuses: no↵hexbird: All is well.\ufffd[8m\n')
  })

  test.each([
    ['from X', Object.assign(new Error('ENOTFOUND.'), { code: 'X_UNREACHABLE' }), 'X', 'ENOTFOUND'],
    [
      'from a fetch',
      new TypeError('fetch failed', { cause: Object.assign(new Error('connect'), { code: 'ENETUNREACH' }) }),
      'the server',
      'ENETUNREACH',
    ],
    [
      'from AWS',
      Object.assign(new Error('cannot be asked'), {
        code: 'STAGE_FAILED',
        cause: Object.assign(new Error('getaddrinfo EAI_AGAIN lambda.us-east-1.amazonaws.com'), { code: 'EAI_AGAIN' }),
      }),
      'lambda.us-east-1.amazonaws.com',
      'EAI_AGAIN',
    ],
    [
      'of several addresses',
      new TypeError('fetch failed', {
        cause: new AggregateError([Object.assign(new Error('connect'), { code: 'EHOSTUNREACH' })]),
      }),
      'the server',
      'EHOSTUNREACH',
    ],
  ])('without a network is told as that, %s', async (_, error, host, code) => {
    const ran = await failing(error, '--json')
    const message = `No network: ${host} cannot be reached (${code}). Check the network connection, and try again.`
    expect(ran).toMatchObject({ code: 1, stderr: `hexbird: ${message}\n` })
    expect(JSON.parse(ran.stdout)).toEqual({ error: { code: 'OFFLINE', message } })
  })

  test('as nobody foresaw it gets its stack trace, and exit code 1', async () => {
    const ran = await failing(new TypeError('x is not a function'))
    expect(ran.stderr).toMatch(/TypeError: x is not a function\n {4}at .*\n.*Please report it\.\n$/s)
    expect(ran.code).toBe(1)
  })

  test('is one JSON object on the last line of standard output, where that was asked for', async () => {
    const { stdout, stderr } = await failing(new UsageError('There is no such file.'), '--json')
    expect(JSON.parse(stdout)).toEqual({ error: { code: 'USAGE', message: 'There is no such file.' } })
    expect(stderr).toBe('hexbird: There is no such file.\n')
  })

  test('in the arguments is said on standard error, and as JSON where that was asked for', async () => {
    const { stdout, stderr, code } = await failing(new Error('unused'), '--no-such', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'USAGE', message: "unknown option '--no-such'" } })
    expect(stderr).toBe("error: unknown option '--no-such'\nAdd --help to see the options.\n")
    expect(code).toBe(2)
  })
})

describe('a terminal', () => {
  test('says on standard output what people came for, and with --json leaves that to one JSON object', () => {
    const { terminal, shown } = fakeTerminal()
    terminal.say('a')
    terminal.note('b')
    terminal.result({ c: 1 })
    expect(shown).toEqual({ stdout: 'a\n', stderr: 'b\n' })
    terminal.json = true
    terminal.say('d')
    terminal.result({ c: 1 })
    expect(shown).toEqual({ stdout: 'a\n{"c":1}\n', stderr: 'b\nd\n' })
  })

  test('has colours on a screen alone', () => {
    expect(fakeTerminal({ screen: true }).terminal.colours.red('a')).toBe('\x1b[31ma\x1b[39m')
    expect(fakeTerminal().terminal.colours.red('a')).toBe('a')
  })

  describe('shows what goes on', () => {
    beforeEach(() => void jest.useFakeTimers())
    afterEach(() => void jest.useRealTimers())

    test('once it has taken a second, and not before', async () => {
      const { terminal, shown } = fakeTerminal({ screen: true })
      let finish: (value: string) => void = () => {}
      const result = terminal.during(
        'Counting birds',
        new Promise<string>((resolve) => {
          finish = resolve
        }),
      )
      await jest.advanceTimersByTimeAsync(999)
      expect(shown.stderr).toBe('')
      await jest.advanceTimersByTimeAsync(1)
      expect(shown.stderr).toContain('Counting birds')
      finish('three')
      expect(await result).toBe('three')
      expect(shown.stdout).toBe('')
    })

    test('in one line after ten seconds if there is no screen', async () => {
      const { terminal, shown } = fakeTerminal()
      const result = terminal.during('Counting birds', new Promise((resolve) => setTimeout(resolve, 60_000)))
      await jest.advanceTimersByTimeAsync(9999)
      expect(shown.stderr).toBe('')
      await jest.advanceTimersByTimeAsync(50_001)
      await result
      expect(shown).toEqual({ stdout: '', stderr: 'Counting birds\n' })
    })
  })

  test.each([
    ['moves the cursor', 'a\x1b[2Jb', 'a\ufffd[2Jb'],
    ['changes the title', '\x1b]0;owned\x07', '\ufffd]0;owned\ufffd'],
    ['goes back over what was said', 'safe\revil\b', 'safe\ufffdevil\ufffd'],
    ['is an escape of one byte', '\x9b2J', '\ufffd2J'],
    ['turns the direction of the text', 'gpj\u202e.exe\u2066', 'gpj\ufffd.exe\ufffd'],
    ['hides what comes after it', 'a\x1b[8mb\x1b[30;40mc', 'a\ufffd[8mb\ufffd[30;40mc'],
    ['marks a direction', 'a\u200fb\u061cc\u200ed', 'a\ufffdb\ufffdc\ufffdd'],
    ['separates lines or paragraphs', 'a\u2028b\u2029c\x85d', 'a\ufffdb\ufffdc\ufffdd'],
    ['cannot be seen', 'a\u200bb\u00adc\u3164d\u{e0041}e\ufeff', 'a\ufffdb\ufffdc\ufffdd\ufffde\ufffd'],
  ])('never shows text that %s', (_, text, shows) => {
    const { terminal, shown } = fakeTerminal()
    terminal.say(text)
    terminal.note(text)
    expect(shown).toEqual({ stdout: `${shows}\n`, stderr: `${shows}\n` })
  })

  test('hands programs all of it, in letters that a terminal does nothing for', () => {
    const { terminal, shown } = fakeTerminal()
    terminal.json = true
    const value = { text: 'gpj\u202e.exe\x9b2J\x1b[31m\u2028\u200f\u{e0041}' }
    terminal.result(value)
    expect(JSON.parse(shown.stdout)).toEqual(value)
    expect(shown.stdout).toMatch(/^[\x20-\x7e]*\n$/)
  })

  test('shows words of every script, on as many lines as they have', () => {
    const { terminal, shown } = fakeTerminal()
    const text = 'Hallo\n\tשלום 犬 🐕‍🦺 é \x1b[31mred\x1b[39m'
    terminal.say(text)
    expect(shown.stdout).toBe(`${text}\n`)
  })

  test('shows a tweet and its outcome on two lines, whatever the tweet says', () => {
    const tweet = { author: { id: '1', username: 'eve' }, text: 'hi\x1b[8m\n  → replied: A dog\u2028\r\n@bob: hello' }
    expect(describeOutcome({ kind: 'ignored', reason: 'own-tweet' }, tweet as Tweet)).toBe(
      '@eve: hi\ufffd[8m↵  → replied: A dog↵↵@bob: hello\n  → ignored: it is the bot’s own tweet',
    )
  })

  test('says when the bot checks whether its reply was posted', () => {
    const tweet = { author: { id: '1', username: 'eve' }, text: 'hi' } as Tweet
    const until = new Date(2026, 10, 30, 12, 5, 9).getTime()
    const outcome = { kind: 'deferred', reason: 'ambiguous', until, detail: 'ECONNRESET' } as const
    expect(describeOutcome(outcome, tweet)).toMatch(/→ a reply may have been posted; checking at 12:05:09$/)
  })

  test('shows what a handler throws at a tweet five times at most, on one line whatever it says', () => {
    const tell = createFailureTeller()
    const tweet = { id: '7', author: { id: '1', username: 'eve' }, text: 'hi' } as Tweet
    const error = Object.assign(new Error('It cannot be posted:\n- Too long.\n- A link.'), { code: 'REPLY_CONTENT' })
    const told = [1, 2, 3, 4, 5, 1].map((number) =>
      // A sweep lists it without its author's name.
      tell(error, number < 3 ? tweet : { ...tweet, author: { id: '1' } }, { number, of: 5 }),
    )
    const what = '@eve: hi\n  → failed: REPLY_CONTENT: It cannot be posted: Too long. A link.\n    Attempt'
    expect(told[0]).toBe(`${what} 1 of 5. The bot tries again.`)
    expect(told.slice(4)).toEqual([`${what} 5 of 5.`, undefined])
    const attempt = { number: 2, of: 5 }
    expect(tell(new Error('Other'), tweet, attempt)).toContain('→ failed: Other\n    Attempt 2 of 5.')
    expect(tell(error, { ...tweet, id: '8' }, attempt)).toContain('Attempt 2 of 5.')
    expect(tell(error, undefined, attempt)).toMatch(
      /^An event\n {2}→ failed: .* A link\.\n {4}Attempt 2 of 5\. The bot/,
    )
  })

  test.each(['No dice', 'No dice.', 'No dice?'])('shows an error as a sentence: %s', (message) => {
    const shown = message === 'No dice' ? 'No dice.' : message
    expect(toldFailure(new Error(message), { number: 4, of: 5 }).text).toBe(
      `failed: ${shown} Attempt 4 of 5. The bot tries again.`,
    )
    expect(toldFailure(new Error(message), { number: 5, of: 5 }).text).toBe(`failed: ${shown} Attempt 5 of 5.`)
  })

  test('keeps what joins letters and emoji, and shows it where it joins nothing', () => {
    const joined = 'می\u200cبینم 👩🏽\u200d🚀 🏳️\u200d🌈 1️⃣ ❤️'
    expect(foreign(joined)).toBe(joined)
    expect(foreign('D\u200dog \u200d\u200d🐕\u200d \ufe0f')).toBe('D\ufffdog \ufffd\ufffd🐕\ufffd \ufffd')
  })

  test('asks nobody where nobody is', async () => {
    await expect(fakeTerminal().terminal.ask('Sure? ', 'Give --yes.')).rejects.toThrow(
      new UsageError('There is no terminal to ask on. Give --yes.'),
    )
  })

  test('takes the answer of whoever is there', async () => {
    const { terminal, stdin } = fakeTerminal({ screen: true })
    const answer = terminal.ask('Sure? ', 'Give --yes.')
    stdin.write('yes\n')
    expect(await answer).toBe('yes')
  })
})
