// Runs the blob store's contract against Ceph's object gateway, which checks signatures; the tests' emulator doesn't.
// It installs missing Debian packages, starts a one-node cluster in memory on free ports of 127.0.0.1, and cleans up.
// Run it as root, or with Ceph's packages installed: `npm run test:s3`.
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '@hexbird/testkit/free-port'

const PACKAGES = ['radosgw', 'ceph-mon', 'ceph-osd', 'ceph-mgr']
const PROGRAMS = ['radosgw', 'radosgw-admin', 'ceph', 'ceph-mon', 'ceph-osd', 'monmaptool']
const START_MS = 120_000

const root = fileURLToPath(new URL('../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'hexbird-s3-'))
const conf = join(folder, 'ceph.conf')
const daemons = []

function install() {
  const missing = PROGRAMS.filter((name) => spawnSync('which', [name]).status !== 0)
  if (missing.length === 0) return
  console.error(`Installing ${PACKAGES.join(', ')} (${missing.join(', ')} missing) …`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  run('apt-get', ['update'], { env })
  run('apt-get', ['install', '-y', '--no-install-recommends', ...PACKAGES], { env })
}

/** Starts one monitor, one store in memory and one gateway, without authentication between them. */
async function start() {
  const [monitorPort, port] = await Promise.all([freePort(), freePort()])
  const credentials = { accessKeyId: randomBytes(10).toString('hex'), secretAccessKey: randomBytes(20).toString('hex') }
  writeFileSync(conf, configuration(monitorPort, port))

  const map = join(folder, 'monmap')
  const fsid = randomUUID()
  run('monmaptool', ['--create', '--fsid', fsid, '--addv', 'a', `[v2:127.0.0.1:${monitorPort}]`, map])
  run('ceph-mon', ['-c', conf, '-i', 'a', '--mkfs', '--monmap', map])
  daemon('ceph-mon', ['-i', 'a'])
  await until('the monitor', () => ceph(['mon', 'stat']))
  const uuid = randomUUID()
  ceph(['osd', 'new', uuid])
  mkdirSync(join(folder, 'osd'))
  run('ceph-osd', ['-c', conf, '-i', '0', '--mkfs', '--osd-uuid', uuid])
  daemon('ceph-osd', ['-i', '0'])
  await until('the store', () => ceph(['osd', 'stat', '--format', 'json']).includes('"num_up_osds":1'))

  const { accessKeyId, secretAccessKey } = credentials
  const keys = ['--access-key', accessKeyId, '--secret-key', secretAccessKey]
  run('radosgw-admin', ['-c', conf, 'user', 'create', '--uid', 'hexbird', '--display-name', 'hexbird', ...keys])
  daemon('radosgw', ['-n', 'client.rgw'])
  await until('the gateway', () => answers(port))
  return { port, credentials }
}

const configuration = (monitorPort, port) => `[global]
mon host = [v2:127.0.0.1:${monitorPort}]
public addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
auth supported = none
# Without this the gateway hangs while it connects: encryption needs keys, and there are none.
ms mon cluster mode = crc
ms mon service mode = crc
ms mon client mode = crc
ms cluster mode = crc
ms service mode = crc
ms client mode = crc
ms bind msgr1 = false
run dir = ${folder}
log file = ${folder}/$name.log
admin socket = ${folder}/$name.asok
pid file =
mon data = ${folder}/mon
osd data = ${folder}/osd
osd objectstore = memstore
memstore device bytes = 1073741824
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
rgw data = ${folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:${port}
rgw thread pool size = 32
`

function runTests({ port, credentials }) {
  const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', ...process.argv.slice(2)]
  const env = {
    ...process.env,
    HEXBIRD_S3_URL: `http://127.0.0.1:${port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  }
  const file = 'packages/adapters-aws/test/s3/rgw.test.ts'
  return spawnSync(process.execPath, [...jest, file], { cwd: root, env, stdio: 'inherit' }).status ?? 1
}

function ceph(words) {
  return run('ceph', ['-c', conf, '--connect-timeout', '5', ...words])
}

function run(file, words, options = {}) {
  const { status, signal, error, stdout, stderr } = spawnSync(file, words, { encoding: 'utf8', ...options })
  if (error) throw error
  if (status !== 0) throw new Error(`${file} ${words[0]} ended with ${status ?? signal}:\n${stderr.slice(0, 2000)}`)
  return stdout
}

/** Starts a daemon in the foreground, so that stopping this process stops the daemon. */
function daemon(file, words) {
  daemons.push(spawn(file, ['-c', conf, '-f', ...words], { stdio: 'ignore' }))
}

async function until(what, isSo) {
  const ends = Date.now() + START_MS
  let last
  while (Date.now() < ends) {
    const dead = daemons.find(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null)
    if (dead) throw new Error(`${what} did not start: ${dead.spawnfile} ended with ${dead.exitCode ?? dead.signalCode}`)
    try {
      if (await isSo()) return
    } catch (error) {
      last = error
    }
    await sleep(200)
  }
  throw new Error(`${what} did not start within ${START_MS / 1000} seconds`, { cause: last })
}

async function answers(port) {
  return (await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(2000) })).status === 200
}

async function stop() {
  await Promise.all(
    daemons.splice(0).map(async (one) => {
      const ended = new Promise((resolve) => one.once('exit', resolve))
      if (one.exitCode !== null || one.signalCode !== null) return
      one.kill('SIGTERM')
      const late = setTimeout(() => one.kill('SIGKILL'), 5000)
      await ended
      clearTimeout(late)
    }),
  )
  rmSync(folder, { recursive: true, force: true })
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stop().then(() => process.exit(1)))
try {
  install()
  const s3 = await start()
  process.exitCode = runTests(s3)
} finally {
  await stop()
}
