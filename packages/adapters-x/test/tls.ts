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

/** An authority of our own, whose key nobody has any more. */
export const AUTHORITY = `-----BEGIN CERTIFICATE-----
MIIBYDCCAQegAwIBAgIBBjAKBggqhkjOPQQDAjAXMRUwEwYDVQQDDAxoZXhiaXJk
IHRlc3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyNjExMDEwMDAwMDBaMBcxFTATBgNV
BAMMDGhleGJpcmQgdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIL4TBVX
E9R3COzobJY1gYqty1SHPHLP+ljr46xMSJDonDhgt0J05ZdtF53ochQV45L5Zu7E
s0wZp5tzq1FEczmjQjBAMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgIE
MB0GA1UdDgQWBBTqPKAg6hqcbYrPEyjN8hFFuj9djTAKBggqhkjOPQQDAgNHADBE
AiBVOSbRMBE4zX6Bc+oy6t+EhJ4RvjtQuAOuL44wyxyWVgIgGN7gmu450H35FrJv
ahGwOrFCitQo29e1hGJZfvMhCfg=
-----END CERTIFICATE-----`

/** The key of all certificates that it signed. */
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgHqOLpR8qllXI1hi+
XonCgJ6yoPm5xg1s8mOxAxqzksahRANCAASO+5bSoA4LOsNF6yeh9vskyY1U+6ME
3v0fn2oCwPei/ESUr/5sOjL3Yh2l2h65BQ7i7IIftU6I7HmlQBT463cw
-----END PRIVATE KEY-----`

/** What it signed. Each but the first has one fault. */
export const SIGNED = {
  /** For pbs.twimg.com, until 2126. */
  sound: {
    key,
    cert: `-----BEGIN CERTIFICATE-----
MIIBfDCCASKgAwIBAgIBBzAKBggqhkjOPQQDAjAXMRUwEwYDVQQDDAxoZXhiaXJk
IHRlc3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyNjExMDEwMDAwMDBaMBgxFjAUBgNV
BAMMDXBicy50d2ltZy5jb20wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASO+5bS
oA4LOsNF6yeh9vskyY1U+6ME3v0fn2oCwPei/ESUr/5sOjL3Yh2l2h65BQ7i7IIf
tU6I7HmlQBT463cwo1wwWjAYBgNVHREEETAPgg1wYnMudHdpbWcuY29tMB0GA1Ud
DgQWBBS/jZHn2bmDFq6IIYs6GppayZMg2DAfBgNVHSMEGDAWgBTqPKAg6hqcbYrP
EyjN8hFFuj9djTAKBggqhkjOPQQDAgNIADBFAiBeEZqIvwNQf5cka7QapguNfSoK
kLxiqmQAoOO7L2H3qQIhAM5rsXAxrcAYcun0C58RQz5rYkPQG8UW9sqKZyBz8TWS
-----END CERTIFICATE-----`,
  },
  /** For evil.example. */
  otherHost: {
    key,
    cert: `-----BEGIN CERTIFICATE-----
MIIBejCCASCgAwIBAgIBCDAKBggqhkjOPQQDAjAXMRUwEwYDVQQDDAxoZXhiaXJk
IHRlc3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyNjExMDEwMDAwMDBaMBcxFTATBgNV
BAMMDGV2aWwuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABI77ltKg
Dgs6w0XrJ6H2+yTJjVT7owTe/R+fagLA96L8RJSv/mw6MvdiHaXaHrkFDuLsgh+1
TojseaVAFPjrdzCjWzBZMBcGA1UdEQQQMA6CDGV2aWwuZXhhbXBsZTAdBgNVHQ4E
FgQUv42R59m5gxauiCGLOhqaWsmTINgwHwYDVR0jBBgwFoAU6jygIOoanG2KzxMo
zfIRRbo/XY0wCgYIKoZIzj0EAwIDSAAwRQIhAKRjMZ6NcAd8p43YawRiisNkw814
kKl42/JRRdlxQPmgAiBgL6VLHrI/Su2DQzbZHJRxIRQgCP3kZfdG8vNzA7kdcA==
-----END CERTIFICATE-----`,
  },
  /** For pbs.twimg.com, until 2021. */
  expired: {
    key,
    cert: `-----BEGIN CERTIFICATE-----
MIIBezCCASCgAwIBAgIBCTAKBggqhkjOPQQDAjAXMRUwEwYDVQQDDAxoZXhiaXJk
IHRlc3QwHhcNMjAwMTAxMDAwMDAwWhcNMjEwMTAxMDAwMDAwWjAYMRYwFAYDVQQD
DA1wYnMudHdpbWcuY29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEjvuW0qAO
CzrDResnofb7JMmNVPujBN79H59qAsD3ovxElK/+bDoy92IdpdoeuQUO4uyCH7VO
iOx5pUAU+Ot3MKNcMFowGAYDVR0RBBEwD4INcGJzLnR3aW1nLmNvbTAdBgNVHQ4E
FgQUv42R59m5gxauiCGLOhqaWsmTINgwHwYDVR0jBBgwFoAU6jygIOoanG2KzxMo
zfIRRbo/XY0wCgYIKoZIzj0EAwIDSQAwRgIhAMeFn7/vWO4PjVU12tlOvMjaOVNA
NNzxAEkKOkAoC76iAiEAq6clZnZS10nVIUmKq0U9SS0Isti50lgGHBApQlT1rro=
-----END CERTIFICATE-----`,
  },
  /** For pbs.twimg.com, from 2120 on. */
  notYet: {
    key,
    cert: `-----BEGIN CERTIFICATE-----
MIIBfjCCASSgAwIBAgIBCjAKBggqhkjOPQQDAjAXMRUwEwYDVQQDDAxoZXhiaXJk
IHRlc3QwIhgPMjEyMDAxMDEwMDAwMDBaGA8yMTIxMDEwMTAwMDAwMFowGDEWMBQG
A1UEAwwNcGJzLnR3aW1nLmNvbTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABI77
ltKgDgs6w0XrJ6H2+yTJjVT7owTe/R+fagLA96L8RJSv/mw6MvdiHaXaHrkFDuLs
gh+1TojseaVAFPjrdzCjXDBaMBgGA1UdEQQRMA+CDXBicy50d2ltZy5jb20wHQYD
VR0OBBYEFL+NkefZuYMWroghizoamlrJkyDYMB8GA1UdIwQYMBaAFOo8oCDqGpxt
is8TKM3yEUW6P12NMAoGCCqGSM49BAMCA0gAMEUCIQDxDJZE5b0zNuZkSFmtzGlo
yGjhL20+fkvhGsgbKxKEVAIgeImYWD0rhaHOEExOI0pE7Xrqrwj+PAPezFfHBLfW
rJ4=
-----END CERTIFICATE-----`,
  },
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
