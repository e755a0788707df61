import { animalRules, defineBot, job, photoReplies } from '@hexbird/core'

const remind = job<string>('remind', (ctx, words) => ctx.reply(`You wanted to be told: ${words}.`))

/** Commands, work that is done later, and the tutorial's photos, in one bot. */
export default defineBot()
  .job(remind)
  .command('roll', (ctx) => ctx.reply(`You rolled ${ctx.random(6) + 1}.`))
  .command('remind', (ctx) => ctx.defer(remind, ctx.args))
  .use(photoReplies(animalRules))
  .on('tweet:text', (ctx) => ctx.reply('Send me a photo and I will tell you what is in it.'))
