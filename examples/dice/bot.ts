import { cooldown, defineBot } from '@hexbird/core'

/** Rolls dice for "roll", "roll d20" or "roll 3d6", and flips a coin for "flip". */
export default defineBot()
  .use(cooldown({ minutes: 1 }))
  .command('roll', (ctx) => {
    const [, count = '1', sides = '6'] = /^([1-9])?d([1-9]\d{0,2})$/i.exec(ctx.args) ?? []
    const dice = Array.from({ length: Number(count) }, () => ctx.random(Number(sides)) + 1)
    const sum = dice.reduce((total, die) => total + die, 0)
    return ctx.reply(dice.length === 1 ? `You rolled ${sum}.` : `You rolled ${dice.join(' + ')} = ${sum}.`)
  })
  .command('flip', (ctx) => ctx.reply(ctx.random(2) === 0 ? 'Heads.' : 'Tails.'))
  .command('help', (ctx) => ctx.reply('Send me "roll", "roll 2d20" or "flip".'))
