/** What is asked about a photo. */
export interface Question<Answer> {
  /** The system message. It shows the JSON that is wanted, for servers that take no schema. */
  readonly instructions: string
  readonly request: string
  readonly schema: { readonly name: string; readonly schema: object }
  /** Reads the JSON of an answer; `undefined` if it has another shape. */
  read(answer: unknown): Answer | undefined
}

/** There is no answer, and no other try would bring one. */
export interface Unreadable {
  readonly kind: 'unreadable'
  readonly detail: string
}
