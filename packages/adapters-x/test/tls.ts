import { Agent, type AgentOptions } from 'node:https'
import type { Duplex } from 'node:stream'

/** Signed by itself and worth nothing: a certificate that no client may accept. */
export const worthless = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgSQzolDTPDeOeA5r6
iF4gQfozB9/02mOC3gLR2gdFVAWhRANCAAR6Z83Dj3Ec815HWrZGB2im6YUehWMN
g6RdTUBDZWTTEL3Ot6lsTuhyp074Sk3rMKKw5UgpPQcVVL232W6+tj+g
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBrDCCAVKgAwIBAgIUFdx87nNZXtp79SLY07RoY2fQMRwwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNcGJzLnR3aW1nLmNvbTAgFw0yNjExMjIwMzI5MjZaGA8yMTI2
MTAyOTAzMjkyNlowGDEWMBQGA1UEAwwNcGJzLnR3aW1nLmNvbTBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABHpnzcOPcRzzXkdatkYHaKbphR6FYw2DpF1NQENlZNMQ
vc63qWxO6HKnTvhKTesworDlSCk9BxVUvbfZbr62P6CjeDB2MB0GA1UdDgQWBBTl
TH1p2Yl4lrX/xaL76gpzUXWWeTAfBgNVHSMEGDAWgBTlTH1p2Yl4lrX/xaL76gpz
UXWWeTAPBgNVHRMBAf8EBTADAQH/MCMGA1UdEQQcMBqCDXBicy50d2ltZy5jb22C
CWFwaS54LmNvbTAKBggqhkjOPQQDAgNIADBFAiEA4a9HBrJmMug0UpL6m9WvOgLJ
49eXyNIy5QiKHJuUwHQCIB5HIf51Q+/jNF4i1MWhTUgIu4htG3IVauvlxa8+DHM/
-----END CERTIFICATE-----`,
}

/** Encrypted as usual, only that the connection goes to a local port. */
export class TlsAgentTo extends Agent {
  /** Whether each connection's certificate was to be checked. */
  readonly checks: unknown[] = []
  readonly #port: number

  constructor(port: number, options: AgentOptions = {}) {
    super(options)
    this.#port = port
  }

  override createConnection(
    options: Parameters<Agent['createConnection']>[0],
    callback?: Parameters<Agent['createConnection']>[1],
  ): Duplex | null | undefined {
    this.checks.push(Reflect.get(options, 'rejectUnauthorized'))
    return super.createConnection({ ...options, host: '127.0.0.1', port: this.#port }, callback)
  }
}
