import type { LocalX } from '@hexbird/local-x'

interface Shown {
  readonly status: number
  readonly body: string
  readonly location: string | undefined
}

/** Signs in as a person does in a browser, with the cookies and headers of one. */
export async function signInByHand(x: LocalX, origin: string, username: string): Promise<Shown> {
  const jar = new Map<string, string>()

  async function show(address: string, form?: Readonly<Record<string, string>>): Promise<Shown> {
    const { host } = new URL(address)
    const cookie = [...jar]
      .filter(([name]) => name.startsWith(`${host} `))
      .map(([name, value]) => `${name.slice(host.length + 1)}=${value}`)
    const answer = await fetch(address, {
      method: form ? 'POST' : 'GET',
      redirect: 'manual',
      headers: {
        cookie: cookie.join('; '),
        'sec-fetch-site': form ? 'same-origin' : 'none',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'document',
        ...(form && { 'content-type': 'application/x-www-form-urlencoded', origin: new URL(address).origin }),
      },
      ...(form && { body: new URLSearchParams(form).toString() }),
    })
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      if (/max-age=0/i.test(set)) jar.delete(`${host} ${name}`)
      else jar.set(`${host} ${name}`, value)
    }
    const location = answer.headers.get('location') ?? undefined
    return { status: answer.status, body: await answer.text(), location: location && new URL(location, address).href }
  }

  const page = await show(`${origin}/sign-in`)
  const started = await show(`${origin}/api/twitter-session`, { csrf: fieldOf(page.body, 'csrf'), follow: 'true' })
  const atX = x.browserUrl(started.location ?? '')
  const consent = await show(atX)
  const approved = await show(atX, {
    authenticity_token: fieldOf(consent.body, 'authenticity_token'),
    person: x.person(username).id,
    decision: 'approve',
  })
  const completed = await show(approved.location ?? '')
  return show(completed.location ?? '')
}

function fieldOf(body: string, name: string): string {
  const [, value] = new RegExp(`name="${name}" value="([^"]*)"`).exec(body) ?? []
  if (value === undefined) throw new Error(`The page has no field ${name}:\n${body.slice(0, 2_000)}`)
  return value
}
