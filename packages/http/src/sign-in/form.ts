/** The names that are not free for tracked data. */
const RESERVED: readonly string[] = ['follow', 'message', 'csrf', 'return_to']

/** What a page carries over, in UTF-16 units: no more than the bot keeps. */
const MOST_CARRIED = { fields: 20, length: 2_048 }

/** Hidden fields for what was in the page's address. A choice is never among them: people tick it themselves. */
export function carriedOver(query: URLSearchParams): readonly (readonly [name: string, value: string])[] {
  const fields: [string, string][] = []
  let length = 0
  for (const name of new Set(query.keys())) {
    const value = query.get(name) ?? ''
    const isFree = name !== '' && (name === 'return_to' || !RESERVED.includes(name))
    // Browsers write the name of the encoding into a hidden field of this name.
    if (!isFree || name.toLowerCase() === '_charset_') continue
    length += name.length + value.length
    if (length > MOST_CARRIED.length) break
    if (fields.push([name, value]) === MOST_CARRIED.fields) break
  }
  return fields
}

/** Every field has a name and came once: of two answers to one question, neither counts. */
export function isClear(form: URLSearchParams): boolean {
  const names = [...form.keys()]
  return !names.includes('') && new Set(names).size === names.length
}

/** What the person chose. Only `true` is a yes. */
export function choicesOf(form: URLSearchParams) {
  const returnTo = form.get('return_to') ?? ''
  return {
    follow: form.get('follow') === 'true',
    message: form.get('message') === 'true',
    tracked: Object.fromEntries([...form].filter(([name]) => !RESERVED.includes(name))),
    ...(returnTo !== '' && { returnTo }),
  }
}
