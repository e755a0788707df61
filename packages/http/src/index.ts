export type { WebhookAppOptions, WebhookNotice } from './webhook-app.js'
export { createWebhookApp, WEBHOOK_PATH } from './webhook-app.js'
