import type { SettingName } from '../operate/settings.js'

const CONSOLE = 'https://console.x.com'

/** A key that is asked for: what it is called at X, and where it is found in X's console. */
export interface Key {
  readonly name: SettingName
  readonly title: string
  readonly where: string
  /** Whether it must stay hidden while it is typed. */
  readonly isSecret: boolean
  readonly isOptional?: true
}

/** What every bot needs, in the order in which X's console shows it. */
export const KEYS: readonly Key[] = [
  {
    name: 'HEXBIRD_CONSUMER_KEY',
    title: 'API Key',
    where: `${CONSOLE} → your app → "Keys and tokens" → "Consumer Keys" → "API Key and Secret"`,
    isSecret: false,
  },
  {
    name: 'HEXBIRD_CONSUMER_SECRET',
    title: 'API Key Secret',
    where: 'shown once, beside the API Key, when you regenerate them',
    isSecret: true,
  },
  {
    name: 'HEXBIRD_ACCESS_TOKEN',
    title: 'Access Token',
    where: `"Keys and tokens" → "Authentication Tokens" → "Access Token and Secret", while signed in as the bot's account.
  First set the app's permissions, under "User authentication settings", to "Read and write and Direct message": a token
  keeps what the app was allowed when the token was made`,
    isSecret: true,
  },
  {
    name: 'HEXBIRD_ACCESS_SECRET',
    title: 'Access Token Secret',
    where: 'shown once, beside the Access Token',
    isSecret: true,
  },
]

/** What only a webhook needs: X may sign with the client secret, and may want a sign-in before it subscribes. */
export const CLIENT_KEYS: readonly Key[] = [
  {
    name: 'HEXBIRD_CLIENT_ID',
    title: 'OAuth 2.0 Client ID',
    where: '"Keys and tokens" → "OAuth 2.0 Client ID and Client Secret"; press Enter if the app has none',
    isSecret: false,
    isOptional: true,
  },
  {
    name: 'HEXBIRD_CLIENT_SECRET',
    title: 'OAuth 2.0 Client Secret',
    where: 'beside it; press Enter if the app has none',
    isSecret: true,
    isOptional: true,
  },
]
