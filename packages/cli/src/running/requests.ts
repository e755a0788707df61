/** What may be asked of a running bot: in the words of a deployed stage's `admin` function, and of `hexbird dev`. */
export type OperatorRequest =
  | { readonly action: 'state' }
  | { readonly action: 'pause'; readonly reason: string }
  | { readonly action: 'resume' }
  | { readonly action: 'forget'; readonly uid: string }
  /** `sure`: the name of the stage. */
  | { readonly action: 'purge'; readonly sure: string }

/** What became of it. */
export type OperatorResult =
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'refused'; readonly detail: string }

/** How the bot of `hexbird dev` is called where a deployed one is called by its stage. */
export const LOCAL_STAGE = 'local'
