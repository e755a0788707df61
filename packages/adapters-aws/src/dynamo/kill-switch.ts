import type { KillSwitch, KillSwitchState, XCall } from '@hexbird/core/adapter'
import { type Item, type Row, text, VERSION, whole } from './row.js'
import { type Change, DynamoTable, type DynamoTableOptions } from './table.js'
import { tableKeys } from './tables.js'

/** The key of the table's one row. It names what the switch stops. */
const POSTING = 'posting'

/** The number of strikes to keep. */
const MOST_STRIKES = 20

/**
 * Stores what all workers share about X, in the one row of the table `<stage>_breaker`. While the row has a reason, the
 * bot posts nothing. Each change takes one write, and the state one read.
 */
export class DynamoKillSwitch implements KillSwitch {
  readonly #table: DynamoTable

  constructor(options: DynamoTableOptions) {
    this.#table = new DynamoTable(options, tableKeys.breaker)
  }

  async state(): Promise<KillSwitchState> {
    const row = await this.#table.get(POSTING)
    if (row === undefined) return { waits: {}, strikes: [] }
    return {
      ...(row.has('reason') && { stopped: { reason: row.text('reason'), since: row.whole('since') } }),
      waits: Object.fromEntries(
        CALLS.filter((call) => row.has(waitOf(call))).map((call) => [call, row.whole(waitOf(call))]),
      ),
      strikes: strikesIn(row),
      ...(row.has('answers_from') && { answersFrom: row.whole('answers_from') }),
    }
  }

  async trip(reason: string, now: number): Promise<void> {
    await this.#table.change(POSTING, {
      update: 'SET #v = :v, #reason = :reason, #since = :now',
      condition: `${IS_KNOWN} AND attribute_not_exists(#reason)`,
      values: { ...V, reason: text(reason), now: whole(now) },
    })
  }

  async wait(call: XCall, until: number): Promise<void> {
    await this.#table.change(POSTING, {
      update: 'SET #v = :v, #wait = :until',
      condition: `${IS_KNOWN} AND (attribute_not_exists(#wait) OR #wait < :until)`,
      names: { wait: waitOf(call) },
      values: { ...V, until: whole(until) },
    })
  }

  async strike(tweetId: string): Promise<readonly string[]> {
    const row = await this.#changed({
      update: 'SET #v = :v ADD #strikes :strike',
      condition: `${IS_KNOWN} AND (attribute_not_exists(#strikes) OR size(#strikes) < :most OR contains(#strikes, :tweet))`,
      values: { ...V, strike: { SS: [tweetId] }, tweet: text(tweetId), most: whole(MOST_STRIKES) },
    })
    return row ? strikesIn(row) : []
  }

  async forgive(): Promise<void> {
    await this.#table.change(POSTING, {
      update: 'REMOVE #strikes',
      condition: '#v = :v AND attribute_exists(#strikes)',
      values: V,
    })
  }

  async answerFrom(time: number): Promise<void> {
    await this.#table.change(POSTING, {
      update: 'SET #v = :v, #answers_from = :time',
      condition: `${IS_KNOWN} AND (attribute_not_exists(#answers_from) OR #answers_from < :time)`,
      values: { ...V, time: whole(time) },
    })
  }

  async reset(): Promise<void> {
    await this.#changed({ update: 'REMOVE #reason, #since, #strikes', condition: '#v = :v', values: V })
  }

  async claimStore(botId: string): Promise<string> {
    const known = await this.#table.get(POSTING)
    if (known?.has('owner')) return known.text('owner')
    const row = await this.#changed({
      update: 'SET #v = :v, #owner = if_not_exists(#owner, :bot)',
      condition: IS_KNOWN,
      values: { ...V, bot: text(botId) },
    })
    return row?.text('owner') ?? botId
  }

  /**
   * Returns the row after the change, or the unchanged row if the condition is false.
   *
   * @throws AwsError STORE_ROW_VERSION
   */
  async #changed(change: Change): Promise<Row | undefined> {
    return (await this.#table.changed(POSTING, change)) ?? (await this.#table.get(POSTING))
  }
}

const CALLS = ['post', 'upload', 'tweet', 'timeline', 'mentions'] as const satisfies readonly XCall[]

const waitOf = (call: XCall) => `wait_${call}`

const strikesIn = (row: Row): readonly string[] => (row.has('strikes') ? row.set('strikes') : [])

const V: Item = { v: { N: VERSION } }
const IS_KNOWN = '(attribute_not_exists(#breaker) OR #v = :v)'
