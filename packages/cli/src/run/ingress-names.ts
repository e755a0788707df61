/** How tweets reach a bot that runs for real. */
export const INGRESSES = ['poll', 'stream', 'webhook'] as const
export type IngressName = (typeof INGRESSES)[number]
