import { isIPv6 } from 'node:net'

/**
 * Returns the key under which sign-in starts from this address are counted. The owner of an IPv6 address usually has
 * the whole /64, so that counts as one address. An IPv4 address written as IPv6 counts as the IPv4 address. Anything
 * else, such as a hash, is returned unchanged.
 */
export function countedAddress(address: string | undefined): string {
  if (!address) return 'unknown'
  const bare = address.replace(/^\[(.+)\](:\d+)?$/, '$1').replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
  const ip = bare.replace(/%.*$/, '')
  return isIPv6(ip) ? prefixOf(groupsOf(ip)) : bare
}

/** Returns the eight groups of an IPv6 address, normalized as in URLs. */
function groupsOf(ip: string): string[] {
  const canonical = new URL(`http://[${ip}]/`).hostname.slice(1, -1)
  const [head = [], tail = []] = canonical.split('::').map((part) => part.split(':').filter((group) => group !== ''))
  return [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail]
}

function prefixOf(groups: readonly string[]): string {
  if (groups.slice(0, 6).join(':') !== '0:0:0:0:0:ffff') return `${groups.slice(0, 4).join(':')}::/64`
  const bytes = groups.slice(6).flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff])
  return bytes.join('.')
}
