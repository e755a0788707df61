/**
 * Tells Hono's adaptor that there is nothing left to write. It is a copy because another server of this process may have
 * put a `Response` of its own in place of the global one, and the adaptor writes those without a look at their headers.
 */
export const alreadySent = (): Response => new Response(null, { headers: { 'x-hono-already-sent': 'true' } }).clone()
