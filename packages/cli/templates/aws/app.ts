import { createApp, readStages } from '@hexbird/lambda-entry/stack'

// Creates a stack for each stage in stages.json, with only the resources the bot uses.
// `npm run synth` writes the templates.
createApp({
  bot: './bot.ts',
  stages: readStages('stages.json'),
  // Alarms tell you when something is wrong. Up to $2.70 a month per stage; an account's first 10 metrics are free.
  alarms: true,
  // The dashboard shows tweets, replies and costs. $3.00 a month per stage; an account's first 3 dashboards are free.
  dashboard: true,
}).synth()
