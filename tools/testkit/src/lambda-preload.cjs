// Loaded before AWS's own runtime client: stands in for its native part, and leads X's hosts to the local X.
const { request, Agent } = require('node:http')
const https = require('node:https')
const Module = require('node:module')
const net = require('node:net')

const api = new URL(`http://${process.env.AWS_LAMBDA_RUNTIME_API}`)
const agent = new Agent({ keepAlive: true, maxSockets: 1 })

function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const headers =
      body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const sent = request({ host: api.hostname, port: api.port, agent, method, path, headers }, (answer) => {
      let bodyJson = ''
      answer.setEncoding('utf8')
      answer.on('data', (part) => (bodyJson += part))
      answer.on('end', () => resolve({ bodyJson, headers: answer.headers }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

const invocation = '/2018-06-01/runtime/invocation'

/** The three functions of the native client: src/native/rapid-client.cc of aws-lambda-ric. */
const nativeClient = {
  next: () => call('GET', `${invocation}/next`),
  done: (id, body) => void call('POST', `${invocation}/${id}/response`, body).catch(gone),
  error: (id, body) => void call('POST', `${invocation}/${id}/error`, body).catch(gone),
}

/** Whoever invoked is gone, so nobody needs this process. */
function gone() {
  process.exit(1)
}

const load = Module._load
Module._load = function (name, ...rest) {
  return name.endsWith('rapid-client.node') ? nativeClient : load.call(this, name, ...rest)
}

// The bundles know no other X than X. Where they ask for a connection to it, they get one to the local X, which sees
// the hosts, headers and signatures that X would see.
const X = /(^|\.)(x|twitter|twimg)\.com$/
const createConnection = Reflect.get(https.Agent.prototype, 'createConnection')
https.Agent.prototype.createConnection = function (options, done) {
  if (!X.test(options.servername || options.host)) return createConnection.call(this, options, done)
  return net.connect({ host: '127.0.0.1', port: Number(process.env.LOCAL_X_PORT) }, done)
}
