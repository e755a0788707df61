/** What is wrong with a delivery as a whole. */
export type DeliveryErrorCode = 'DELIVERY_NOT_AN_OBJECT' | 'DELIVERY_NOT_UTF8' | 'DELIVERY_NOT_JSON'

/**
 * A delivery that cannot be read at all. It carries nothing of the body and, on purpose, no `cause`: the engine's own
 * JSON errors quote what they could not read, which may be somebody's message.
 */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError'
  readonly code: DeliveryErrorCode

  constructor(code: DeliveryErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/** What a `StoreError` says. */
export type StoreErrorCode = 'STORE_OF_ANOTHER_BOT'

/** The stores cannot be used as they are. */
export class StoreError extends Error {
  override readonly name = 'StoreError'

  constructor(
    readonly code: StoreErrorCode,
    message: string,
  ) {
    super(message)
  }
}
