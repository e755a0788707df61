/** What went wrong between this program and the vision server. */
export type VisionServerErrorCode =
  /** An option is wrong, and nothing was sent. */
  | 'VISION_INPUT_INVALID'
  /** No connection, or a cut one. */
  | 'VISION_UNREACHABLE'
  | 'VISION_TIMEOUT'
  /** The server does not accept the API key (401, 403). */
  | 'VISION_REFUSED'
  | 'VISION_NO_CREDITS'
  /** 429, 503 or another error of the server's own, on every try. */
  | 'VISION_BUSY'
  /** The server does not have the model, or the model takes no images. */
  | 'VISION_MODEL'
  /** The server answered with another address, which is never followed. */
  | 'VISION_REDIRECTED'
  /** The server refuses the request as it is; the same request would be refused again. */
  | 'VISION_REQUEST_REFUSED'
  /** The server answered twice, and neither answer has the shape that was asked for. */
  | 'VISION_ANSWER'

/** The vision server could not be asked, or its answer makes no sense. Holds no API key and no photo. */
export class VisionServerError extends Error {
  override readonly name = 'VisionServerError'
  readonly code: VisionServerErrorCode

  constructor(code: VisionServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

export const invalid = (message: string): VisionServerError => new VisionServerError('VISION_INPUT_INVALID', message)
