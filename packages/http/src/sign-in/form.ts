/** Names that tracked data can't use. */
const RESERVED: readonly string[] = ['follow', 'message', 'csrf', 'return_to']

/** Limits on tracked data, with the length in UTF-16 units. They match what the bot stores. */
const MOST_CARRIED = { fields: 20, length: 2_048 }

/**
 * Returns hidden fields for the data in the page's address. They never include choices, which people tick themselves.
 */
export function carriedOver(query: URLSearchParams): readonly (readonly [name: string, value: string])[] {
  const fields: [string, string][] = []
  let length = 0
  for (const name of new Set(query.keys())) {
    const value = query.get(name) ?? ''
    const isFree = name !== '' && (name === 'return_to' || !RESERVED.includes(name))
    // Browsers write the encoding's name into a hidden field with this name.
    if (!isFree || name.toLowerCase() === '_charset_') continue
    length += name.length + value.length
    if (length > MOST_CARRIED.length) break
    if (fields.push([name, value]) === MOST_CARRIED.fields) break
  }
  return fields
}

/** Whether every field has a name and appears once. With two answers to one question, neither counts. */
export function isClear(form: URLSearchParams): boolean {
  const names = [...form.keys()]
  return !names.includes('') && new Set(names).size === names.length
}

/** Returns the person's choices. Only `true` means yes. */
export function choicesOf(form: URLSearchParams) {
  const returnTo = form.get('return_to') ?? ''
  return {
    follow: form.get('follow') === 'true',
    message: form.get('message') === 'true',
    tracked: Object.fromEntries([...form].filter(([name]) => !RESERVED.includes(name))),
    ...(returnTo !== '' && { returnTo }),
  }
}
