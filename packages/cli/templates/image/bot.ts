import { defineBot } from '@hexbird/core'
import { barChart } from './chart.js'

const MOST_BARS = 20

/** Draws a bar chart of the numbers in a tweet. */
export default defineBot()
  .command('help', (ctx) => ctx.reply('Send me some whole numbers, such as 3 5 8, and I will draw a chart.'))
  .on('tweet', (ctx) => {
    const values = (ctx.text.match(/(?<![\w.-])\d{1,6}(?![\w.])/g) ?? []).slice(0, MOST_BARS).map(Number)
    if (values.length < 2) return ctx.skip('fewer than two numbers')
    const [lowest, highest] = [Math.min(...values), Math.max(...values)]
    return ctx.reply({
      text: `${values.length} numbers, from ${lowest} to ${highest}.`,
      images: [{ bytes: barChart(values), alt: `A bar chart of ${values.length} numbers: ${values.join(', ')}.` }],
    })
  })
