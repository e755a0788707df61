/** Why a whole delivery cannot be decoded. */
export type DeliveryErrorCode = 'DELIVERY_NOT_AN_OBJECT' | 'DELIVERY_NOT_UTF8' | 'DELIVERY_NOT_JSON'

/**
 * The whole delivery cannot be decoded. The error quotes nothing of the body and deliberately has no `cause`: the
 * engine's JSON errors quote their input, which may be a private message.
 */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError'
  readonly code: DeliveryErrorCode

  constructor(code: DeliveryErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/** Why the stores cannot be used. */
export type StoreErrorCode = 'STORE_OF_ANOTHER_BOT'

/** The stores belong to another bot. */
export class StoreError extends Error {
  override readonly name = 'StoreError'

  constructor(
    readonly code: StoreErrorCode,
    message: string,
  ) {
    super(message)
  }
}
