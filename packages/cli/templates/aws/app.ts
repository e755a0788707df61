import { createApp, readStages } from '@hexbird/lambda-entry/stack'

// A stack for each stage of stages.json, with what the bot uses and nothing else. `npm run synth` writes the templates.
createApp({
  bot: './bot.ts',
  stages: readStages('stages.json'),
  // Tell you when something is wrong. Up to $2.70 a month for a stage; the first 10 metrics of an account are free.
  alarms: true,
  // Shows what came, what was answered and what it cost. $3.00 a month for a stage; the first 3 of an account are free.
  dashboard: true,
}).synth()
