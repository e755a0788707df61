import sharp from 'sharp'

const size = 'width="640" height="480"'
const sky = `<rect ${size} fill="#8fb4dd"/><rect y="360" width="640" height="120" fill="#5b7a46"/>`
const octagon = '265,60 375,60 450,135 450,245 375,320 265,320 190,245 190,135'
const sign = `<polygon points="${octagon}" fill="#c1121f" stroke="#fff" stroke-width="8"/>`
const word = '<text x="320" y="222" font-size="84" font-weight="bold" fill="#fff" text-anchor="middle">STOP</text>'
const post = '<rect x="312" y="250" width="16" height="230" fill="#888"/>'

/** What the model surely has a name for. */
export const stopSign = sharp(
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" ${size}>${sky}${post}${sign}${word}</svg>`),
).removeAlpha()
