import type { ActionMode } from '@hexbird/core/host'
import { parseKeys, SecretBoxError, type SecretKey } from '@hexbird/secret-box'
import { SETTINGS, type SettingName, type Settings, secretsIn } from '../operate/settings.js'
import { UsageError } from '../usage-error.js'

/** What the sign-in pages need. */
export interface SignInPlan {
  readonly origin: string
  readonly privacyPolicyUrl: string
  readonly cookieKeys: readonly string[]
  readonly boxKeys: readonly SecretKey[]
  readonly offers: { readonly follow?: ActionMode; readonly message?: ActionMode; readonly returnTo: readonly string[] }
  /** The origin of a local X, whose pages a sign-in leads through. */
  readonly localX: string | undefined
}

const NEEDED = [
  'HEXBIRD_ORIGIN',
  'HEXBIRD_PRIVACY_POLICY_URL',
  'HEXBIRD_COOKIE_KEYS',
  'HEXBIRD_SECRET_BOX_KEYS',
] as const satisfies readonly SettingName[]

/**
 * `undefined` if none of its settings is there. What a page or a cookie makes of the values is checked by the app itself.
 *
 * @throws UsageError that names every fault
 */
export function signInPlanOf(settings: Settings, localX: string | undefined): SignInPlan | undefined {
  const missing = NEEDED.filter((name) => settings.find(name) === undefined)
  if (missing.length === NEEDED.length) return undefined
  const faults = missing.map((name) => `${name} is missing: ${SETTINGS[name]}.`)
  const boxKeys = boxKeysIn(settings, faults)
  const [follow, message] = (['HEXBIRD_FOLLOW', 'HEXBIRD_MESSAGE'] as const).map((name) => {
    const mode = settings.find(name)
    if (mode !== undefined && !MODES.includes(mode)) faults.push(`${name} must be one of ${MODES.join(', ')}.`)
    return mode as ActionMode | undefined
  })
  if (faults.length > 0) throw new UsageError(`The sign-in pages need more:\n${faults.join('\n')}`)
  return {
    origin: settings.find('HEXBIRD_ORIGIN') ?? '',
    privacyPolicyUrl: settings.find('HEXBIRD_PRIVACY_POLICY_URL') ?? '',
    cookieKeys: secretsIn(settings.find('HEXBIRD_COOKIE_KEYS')),
    boxKeys,
    offers: {
      ...(follow && { follow }),
      ...(message && { message }),
      returnTo: secretsIn(settings.find('HEXBIRD_RETURN_TO')),
    },
    localX,
  }
}

const MODES: readonly string[] = ['api', 'link', 'off'] satisfies readonly ActionMode[]

function boxKeysIn(settings: Settings, faults: string[]): readonly SecretKey[] {
  const text = settings.find('HEXBIRD_SECRET_BOX_KEYS')
  if (text === undefined) return []
  try {
    return parseKeys(text)
  } catch (error) {
    if (!(error instanceof SecretBoxError)) throw error
    // The message quotes no key.
    faults.push(`HEXBIRD_SECRET_BOX_KEYS: ${error.message}`)
    return []
  }
}
