/** How tweets reach a bot that runs for real. */
export const INGRESSES = ['poll', 'webhook'] as const
export type IngressName = (typeof INGRESSES)[number]
