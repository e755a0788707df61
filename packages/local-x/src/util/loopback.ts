/** A name that only this machine answers to; other sites cannot make a browser send it as `Host`. */
export function isLoopbackName(hostname: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
}
