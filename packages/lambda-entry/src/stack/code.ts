import { join, resolve } from 'node:path'
import type { BotNeeds } from '@hexbird/core/host'
import { Stage as CdkStage } from 'aws-cdk-lib'
import { Code } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import { type BundledBot, bundleBot } from '../bundle/bundle-bot.js'
import type { FunctionName } from '../functions.js'

/** The code of each function: `index.mjs`, which has a `handler`. */
export type CodeOf = (name: FunctionName) => Code

/** What has been bundled for an app, by the bot's file: all of its stages have the same code. */
const bundled = new WeakMap<CdkStage, Map<string, BundledBot>>()

/** Bundles a bot's functions beside the templates. Gives their code, and what the bot needs. */
export function bundleOf(scope: Construct, bot: string): { readonly needs: BotNeeds; readonly codeOf: CodeOf } {
  const app = CdkStage.of(scope)
  if (!app) throw new Error('The stack of a bot belongs in a CDK App.')
  const known = bundled.get(app) ?? new Map<string, BundledBot>()
  bundled.set(app, known)
  const path = resolve(bot)
  const made = known.get(path) ?? bundleBot(bot, join(app.outdir, `functions-${known.size}`))
  known.set(path, made)
  return { needs: made.needs, codeOf: (name) => Code.fromAsset(join(made.folder, name)) }
}
