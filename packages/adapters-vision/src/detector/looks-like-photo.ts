const STARTS: readonly RegExp[] = [/^\xff\xd8\xff/, /^\x89PNG\r\n/, /^RIFF[\s\S]{4}WEBP/, /^GIF8[79]a/]

/** Whether the bytes begin as those of a photo do. */
export function looksLikePhoto(bytes: Uint8Array): boolean {
  const head = String.fromCharCode(...bytes.subarray(0, 12))
  return STARTS.some((start) => start.test(head))
}

/** What is said of all else. */
export const NO_PHOTO = { kind: 'unreadable', detail: 'no JPEG, PNG, WebP or GIF' } as const
