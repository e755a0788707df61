import { describe, expect, test } from '@jest/globals'
import { stateFindings } from '../../src/operate/doctor/stage-checks.js'
import type { State } from '../../src/operate/stage-webhooks.js'

const NOW = Date.parse('2026-11-23T09:00:00Z')
const healthy: State = {
  bot: { id: '2244994945', username: 'petbot' },
  waits: {},
  strikes: [],
  sweep: { kind: 'room' },
}
const found = (state: Partial<State>) => {
  const findings = stateFindings('production', { ...healthy, ...state }, NOW)
  return Object.fromEntries(findings.map((finding) => [finding.check, finding]))
}

describe('the doctor, of a stage', () => {
  test('finds nothing wrong where nothing is', () => {
    expect(Object.values(found({})).map(({ status }) => status)).toEqual(['ok', 'ok', 'ok'])
  })

  test('fails where the budget refuses the sweep, and says what goes unanswered and what to do', () => {
    const detail = 'The window sweep:2026-11-23 has no room until 2026-11-24T00:00:00.000Z.'
    const { sweep } = found({ sweep: { kind: 'over-budget', detail } })
    expect(sweep).toMatchObject({ status: 'fail', detail: expect.stringContaining(detail) })
    expect(sweep?.detail).toContain('Mentions that X does not deliver go unanswered')
    expect(sweep?.todo).toContain('HEXBIRD_LIMIT_SWEEP_PER_DAY')
  })

  test('says where the stage stops', () => {
    const limits = { perDay: 20_000_000, perAuthorPerDay: 200_000, sweepPerDay: 1_000_000, repliesPerConversation: 3 }
    expect(found({ limits }).budget).toMatchObject({
      status: 'ok',
      detail: expect.stringMatching(
        /stops at \$20\.00 a day \(about 1111 photos at \$0\.018 each\), \$0\.20 per author, .* 3 replies per conversation/,
      ),
    })
  })

  test('fails where posting is stopped, whatever stopped it', () => {
    const { posting } = found({ stopped: { reason: 'X refused 5 replies in a row' }, strikes: ['1'] })
    expect(posting).toMatchObject({ status: 'fail', detail: 'stopped: X refused 5 replies in a row' })
    expect(posting?.todo).toContain('hexbird resume --stage production')
  })

  test('warns of refusals without a reason before the bot stops, and names the tweets', () => {
    expect(found({ strikes: ['11', '12'] }).posting).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining('11, 12'),
    })
  })

  test('tells until when X is not asked what, and nothing of times that have passed', () => {
    const limits = found({ waits: { post: NOW + 60_000, tweet: NOW - 1 } })["X's limits"]
    expect(limits).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining('post until 2026-11-23T09:01:00.000Z'),
    })
    expect(limits?.detail).not.toContain('tweet until')
  })

  test('of an older version is not taken for healthy where it does not say', () => {
    const [, , sweep] = stateFindings('production', { bot: healthy.bot }, NOW)
    expect(sweep).toMatchObject({ check: 'sweep', status: 'skipped' })
  })
})
