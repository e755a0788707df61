import { createServer, request as forward } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * A bucket's notifications, which the emulator lacks: passes every request on, and tells of each object that was stored
 * under the prefix, as S3 does, once it is.
 */
export async function startBucketEvents(
  target: { readonly port: number },
  { bucket, prefix }: { readonly bucket: string; readonly prefix: string },
  tell: (message: string) => Promise<void>,
) {
  const server = createServer((request, response) => {
    const { method, url = '/', headers } = request
    const passed = forward({ host: '127.0.0.1', port: target.port, method, path: url, headers }, (answer) => {
      const key = storedKey(method, url, bucket)
      const isStored = key?.startsWith(prefix) === true && answer.statusCode === 200
      const told = isStored ? tell(JSON.stringify({ Records: [recordOf(bucket, key)] })) : Promise.resolve()
      const pass = () => answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers))
      told.then(pass, () => response.destroy())
    })
    passed.on('error', () => response.destroy())
    request.pipe(passed)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function storedKey(method: string | undefined, url: string, bucket: string): string | undefined {
  const { pathname } = new URL(url, 'http://s3')
  if (method !== 'PUT' || !pathname.startsWith(`/${bucket}/`)) return undefined
  return decodeURIComponent(pathname.slice(bucket.length + 2))
}

/** Keys are written as in a form: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
const recordOf = (bucket: string, key: string) => ({
  eventVersion: '2.1',
  eventSource: 'aws:s3',
  eventName: 'ObjectCreated:Put',
  eventTime: new Date().toISOString(),
  s3: {
    bucket: { name: bucket },
    object: { key: new URLSearchParams({ key }).toString().slice(4).replaceAll('%2F', '/') },
  },
})
