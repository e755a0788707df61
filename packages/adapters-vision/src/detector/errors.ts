/** What went wrong with the model on this machine. */
export type DetectorErrorCode =
  /** A file of the model is missing, or is not the one that this version was built with. Install the package again. */
  | 'DETECTOR_MODEL_INVALID'
  /** What runs the model, or decodes photos, could not be loaded. */
  | 'DETECTOR_UNAVAILABLE'
  /** The process that runs the model ended during a photo, twice. */
  | 'DETECTOR_DIED'
  /** A photo took too long. */
  | 'DETECTOR_TIMEOUT'
  /** Too many photos are waiting. Try again later. */
  | 'DETECTOR_BUSY'
  /** The labeler was closed. */
  | 'DETECTOR_CLOSED'
  /** What was asked of the labeler makes no sense. */
  | 'DETECTOR_INPUT_INVALID'

/** The detector could not look at a photo. It says nothing about the photo. */
export class DetectorError extends Error {
  override readonly name = 'DetectorError'
  readonly code: DetectorErrorCode

  constructor(code: DetectorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
