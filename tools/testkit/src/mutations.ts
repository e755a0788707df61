import fc from 'fast-check'

/** What may stand where something else is expected. */
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(
    null,
    '',
    {},
    [],
    [null],
    [[]],
    true,
    1e308,
    -1,
    0.5,
    1924465506158879000,
    '1'.repeat(20),
    '\ud83d',
    '\0',
    '\u202e',
  ),
)
const name = fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'length', 'kind', 'id', '')

type Change =
  | { readonly kind: 'other'; readonly value: unknown }
  | { readonly kind: 'gone' }
  | { readonly kind: 'twice' }
  | { readonly kind: 'renamed'; readonly name: string }

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: odd.map((value) => ({ kind: 'other', value }) as const) },
  { weight: 2, arbitrary: fc.constant({ kind: 'gone' } as const) },
  fc.constant({ kind: 'twice' } as const),
  name.map((name) => ({ kind: 'renamed', name }) as const),
)

/** Real JSON, of which up to three values, anywhere in it, are another, gone, there twice, or under another name. */
export function mutatedJson(samples: readonly unknown[]): fc.Arbitrary<unknown> {
  const changes = fc.array(fc.tuple(fc.nat(), change), { minLength: 1, maxLength: 3 })
  return fc
    .tuple(fc.constantFrom(...samples), changes)
    .map(([sample, all]) => all.reduce((value, [at, one]) => changed(value, at, one), sample))
}

function changed(sample: unknown, at: number, change: Change): unknown {
  let left = at % countOf(sample)
  const copied = (function copy(key: string, value: unknown): [string, unknown][] {
    if (left-- === 0) {
      if (change.kind === 'gone') return []
      if (change.kind === 'twice') return [[key, [value, value]]]
      return change.kind === 'other' ? [[key, change.value]] : [[change.name, value]]
    }
    if (Array.isArray(value)) return [[key, value.flatMap((inner) => copy('', inner).map(([, one]) => one))]]
    if (typeof value !== 'object' || value === null) return [[key, value]]
    // Makes fields of its own even of names that assignment takes for something else.
    return [[key, Object.fromEntries(Object.entries(value).flatMap(([name, inner]) => copy(name, inner)))]]
  })('', sample)
  return copied[0]?.[1]
}

function countOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce((sum: number, inner) => sum + countOf(inner), 1)
}

const edit = fc.record({
  at: fc.nat(),
  kind: fc.constantFrom('set', 'insert', 'remove', 'cut', 'repeat'),
  byte: fc.nat({ max: 255 }),
  length: fc.nat({ max: 16 }),
})

/** Real bytes, of which some are others, more, or gone. */
export function mutatedBytes(samples: readonly Uint8Array[]): fc.Arbitrary<Uint8Array<ArrayBuffer>> {
  return fc
    .tuple(fc.constantFrom(...samples), fc.array(edit, { minLength: 1, maxLength: 8 }))
    .map(([sample, edits]) => {
      const bytes = [...sample]
      for (const { at, kind, byte, length } of edits) {
        const place = bytes.length === 0 ? 0 : at % bytes.length
        if (kind === 'set') bytes[place] = byte
        if (kind === 'insert') bytes.splice(place, 0, byte)
        if (kind === 'remove') bytes.splice(place, length)
        if (kind === 'cut') bytes.length = place
        if (kind === 'repeat') bytes.splice(place, 0, ...bytes.slice(place, place + length))
      }
      return Uint8Array.from(bytes)
    })
}
