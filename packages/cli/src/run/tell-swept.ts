import type { Asked } from './asking.js'
import { type Entry, fieldsOf, type Log } from './log.js'

/** Tells what came of asking X for mentions: new ones each time, and what keeps it from asking once, until that changes. */
export function createSweptTeller(log: Log, remedyOf: (reason: string) => string): (asked: Asked) => void {
  let trouble: string | undefined
  return (asked) => {
    const entry = troubleIn(asked, remedyOf)
    if (entry === undefined) {
      if (trouble !== undefined) log({ message: 'Mentions are being listed again.' })
      if (asked.kind === 'swept' && asked.found > 0) log({ message: 'New mentions.', fields: { found: asked.found } })
      trouble = undefined
      return
    }
    const { message, fields = {} } = entry
    const key = `${message} ${fields.reason} ${fields.code}`
    if (key !== trouble) log(entry)
    trouble = key
  }
}

/** These last until a person mends them. A pause (`stopped`) does too, but somebody may have asked for it. */
const FOR_A_PERSON: ReadonlySet<string> = new Set(['no-credits', 'unauthorized', 'unexplained'])

function troubleIn(asked: Asked, remedyOf: (reason: string) => string): Entry | undefined {
  switch (asked.kind) {
    case 'swept':
      if (asked.unreadable === 0) return undefined
      return { level: 'warn', message: 'X lists mentions that cannot be read.', fields: { count: asked.unreadable } }
    case 'over-budget':
      return {
        level: 'error',
        message:
          "Today's budget for listing mentions is used up. New mentions are answered once there is budget again.",
        fields: { detail: asked.detail },
      }
    case 'deferred': {
      const { reason, detail } = asked
      const level = FOR_A_PERSON.has(reason) ? 'error' : 'warn'
      const trouble =
        reason === 'stopped' ? 'Posting is stopped, and no mentions are listed.' : 'Mentions are not being listed.'
      return { level, message: `${trouble} ${remedyOf(reason)}`.trimEnd(), fields: { reason, detail } }
    }
    case 'failed':
      return { level: 'error', message: 'Mentions could not be listed.', fields: fieldsOf(asked.error) }
  }
}
