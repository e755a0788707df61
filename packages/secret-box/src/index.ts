export { SecretBoxError, type SecretBoxErrorCode } from './errors.js'
export { formatKey, newKey, parseKeys, type SecretKey } from './keys.js'
export { createSecretBox, type Place, type SecretBox, type SecretBoxOptions } from './secret-box.js'
