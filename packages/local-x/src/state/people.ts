import { LocalXError } from '../util/errors.js'

/** An account on the local X. */
export type LocalPerson = {
  readonly id: string
  readonly username: string
  readonly name: string
  /** Carries X's "Automated" label, as accounts run by software do. */
  readonly automated: boolean
  /** Whoever wants to follow has to ask. */
  readonly protected: boolean
  /** `closed` for messages of strangers. */
  readonly messages: 'open' | 'closed'
  /** Epoch milliseconds. */
  readonly createdAt: number
}

/** An account to begin with. Without `id` it gets one of the clock. */
export type PersonOptions = {
  readonly username: string
  readonly id?: string
  readonly name?: string
  readonly automated?: boolean
  readonly protected?: boolean
  readonly messages?: 'open' | 'closed'
}

/** What a person can change about their account. */
export type PersonChange = Pick<PersonOptions, 'name' | 'protected' | 'messages'>

export type People = ReturnType<typeof createPeople>

export function createPeople(newId: () => string, now: () => number) {
  const byId = new Map<string, LocalPerson>()
  const byName = new Map<string, LocalPerson>()
  /** Whom each account follows. */
  const following = new Map<string, Set<string>>()
  const followerCounts = new Map<string, number>()

  function add({
    username,
    id = newId(),
    name = username,
    automated = false,
    protected: isProtected = false,
    messages = 'open',
  }: PersonOptions): LocalPerson {
    if (!/^[A-Za-z0-9_]{1,15}$/.test(username)) {
      throw new LocalXError('BAD_NAME', `"${username}" is no username on X: use 1 to 15 letters, digits or _.`)
    }
    if (!/^[0-9]{1,19}$/.test(id)) throw new LocalXError('BAD_NAME', `"${id}" is no id on X: use 1 to 19 digits.`)
    if (byId.has(id) || byName.has(username.toLowerCase())) {
      throw new LocalXError('BAD_NAME', `@${username} (${id}) is there already, or its id belongs to somebody else.`)
    }
    const person = { id, username, name, automated, protected: isProtected, messages, createdAt: now() }
    byId.set(id, person)
    byName.set(username.toLowerCase(), person)
    return person
  }

  const find = (id: string): LocalPerson | undefined => byId.get(id)
  const named = (username: string): LocalPerson | undefined => byName.get(username.toLowerCase())

  /** Finds the account of that name, in any case, or makes it. */
  const findOrAdd = (username: string): LocalPerson => named(username) ?? add({ username })

  /** Makes a recorded account known. A name that is taken here by another id loses to the recording's id. */
  function know(id: string, username: string | undefined, name?: string): LocalPerson {
    const known = byId.get(id)
    if (known !== undefined) return known
    const free = username !== undefined && named(username) === undefined
    return add({ id, username: free ? username : `user_${id.slice(-10)}`, ...(name === undefined ? {} : { name }) })
  }

  /** Changes the one object that all tweets of the person hold. */
  function change(person: LocalPerson, changes: PersonChange): LocalPerson {
    return Object.assign(person, changes)
  }

  /** A protected account is asked; nobody answers here. Following again changes nothing. */
  function follow(source: LocalPerson, target: LocalPerson): 'following' | 'asked' {
    if (follows(source.id, target.id)) return 'following'
    if (target.protected) return 'asked'
    following.set(source.id, (following.get(source.id) ?? new Set<string>()).add(target.id))
    followerCounts.set(target.id, followerCount(target.id) + 1)
    return 'following'
  }

  const follows = (sourceId: string, targetId: string): boolean => following.get(sourceId)?.has(targetId) ?? false

  const followersOf = (id: string): LocalPerson[] => [...byId.values()].filter((person) => follows(person.id, id))
  const followerCount = (id: string): number => followerCounts.get(id) ?? 0
  const followedBy = (id: string): number => following.get(id)?.size ?? 0

  const all = (): LocalPerson[] => [...byId.values()]

  return { add, find, named, findOrAdd, know, change, follow, follows, followersOf, followerCount, followedBy, all }
}
