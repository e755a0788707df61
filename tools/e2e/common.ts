import type { Stage } from './stage.js'

const PATIENCE_MS = 150_000

/** Has X deliver to the stage, in both dialects. Gives whether the webhook is there. */
export async function register({ functions, origin }: Stage): Promise<boolean> {
  const registered = (await functions.admin.invoke({
    action: 'webhook-register',
    url: `${origin}/twitter/webhook/handleapi`,
  })) as { result: { kind: string; webhook?: { id: string } } }
  const webhookId = registered.result.webhook?.id
  for (const dialect of ['x-activity', 'account-activity']) {
    await functions.admin.invoke({ action: 'subscribe', webhookId, dialect })
  }
  return webhookId !== undefined
}

/** Waits until something holds. Gives whether it does in the end. */
export async function until(holds: () => Promise<boolean>): Promise<boolean> {
  const end = Date.now() + PATIENCE_MS
  while (!(await holds())) {
    if (Date.now() > end) return false
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return true
}
