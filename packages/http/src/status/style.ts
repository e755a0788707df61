import { createHash } from 'node:crypto'

/* A test checks that the first rule is the same as on the local X's page. */
export const STATUS_CSS = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#f6f3ec, #14191a);
  --card: light-dark(#fffdf8, #1c2324);
  --ink: light-dark(#23302e, #e6ece9);
  --soft: light-dark(#5c6a66, #9db0aa);
  --line: light-dark(#e3ddcf, #2e3a39);
  --leaf: light-dark(#0f766e, #5ad1bf);
  --leaf-ink: light-dark(#ffffff, #06201c);
  --wash: light-dark(#e7f1ec, #1f302e);
  --honey: light-dark(#8a5a00, #f0c25e);
  --honey-wash: light-dark(#fbefd3, #38301c);
  --rose: light-dark(#a3282f, #ff9b97);
  --rose-wash: light-dark(#fbe4e1, #40201f);
  --hexagon: polygon(50% 0, 95% 25%, 95% 75%, 50% 100%, 5% 75%, 5% 25%);
  font:
    16px / 1.5 system-ui,
    "Segoe UI",
    "Noto Sans",
    "DejaVu Sans",
    sans-serif;
}
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 72rem; padding: 0 1rem 2rem; color: var(--ink); background: var(--paper); overflow-wrap: anywhere }
h1, h2, p, dl, dd, ul { margin: 0; padding: 0 }
h1 { font-size: 1.2rem; line-height: 1.2; letter-spacing: -0.01em }
h2 { font-size: 1.05rem }
a { color: var(--leaf) }
:focus-visible { outline: 3px solid var(--leaf); outline-offset: 2px }
button, input { font: inherit; color: inherit }
button, .button { display: inline-block; cursor: pointer; border: 1px solid var(--line); border-radius: 999px; background: none;
  padding: .3rem .9rem; font-size: .95rem; text-decoration: none; white-space: nowrap }
button:hover, .button:hover { background: var(--wash); color: var(--leaf) }
.primary { border-color: transparent; background: var(--leaf); color: var(--leaf-ink); font-weight: 600; padding: .5rem 1.4rem }
.primary:hover { background: var(--leaf); color: var(--leaf-ink); text-decoration: underline }
input { border: 1px solid var(--soft); border-radius: .6rem; background: var(--paper); padding: .3rem .6rem; min-width: 0; width: 100% }
label { display: grid; gap: .2rem; font-size: .9rem }
.soft { color: var(--soft) }
.small { font-size: .85rem }
.skip:not(:focus) { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.skip:focus { position: absolute; z-index: 2; background: var(--card); padding: .5rem 1rem }
.card { display: grid; grid-template-columns: minmax(0, 1fr); gap: .8rem; align-content: start; background: var(--card); border: 1px solid var(--line); border-radius: 1.1rem; padding: 1rem; min-width: 0 }
.top { display: flex; flex-wrap: wrap; gap: .5rem 2rem; align-items: center; justify-content: space-between; padding: 1rem .25rem }
.brand { display: flex; gap: .75rem; align-items: center }
.brand p { font-size: .9rem; color: var(--soft) }
.dot { display: inline-block; width: .55rem; height: .55rem; margin-right: .2rem; clip-path: var(--hexagon); background: var(--rose) }
.dot.on { background: var(--leaf) }
.row { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center }
.notice, .alert { border-radius: .8rem; padding: .6rem 1rem; margin-bottom: 1rem; background: var(--wash); color: var(--leaf) }
.alert { background: var(--rose-wash); color: var(--rose); margin: 0 }
main { display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr) }
.cards { display: grid; gap: 1rem; align-items: start; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)) }
.narrow { max-width: 26rem; margin: 0 auto }
form { display: grid; gap: .6rem; justify-items: start }
td form { display: block }
label { width: 100% }
.facts { display: grid; grid-template-columns: 1fr auto auto; gap: .1rem 1rem; align-items: baseline; font-size: .95rem }
.facts > div { display: contents }
.facts dd { text-align: right; font-variant-numeric: tabular-nums }
.bar { display: block; width: 100%; height: .6rem; border-radius: 999px }
.bar .track { fill: var(--line) }
table { border-collapse: collapse; width: 100%; font-size: .92rem }
caption { text-align: left; color: var(--soft); font-size: .85rem; padding-bottom: .4rem }
th, td { text-align: left; vertical-align: top; padding: .45rem .8rem .45rem 0; border-top: 1px solid var(--line) }
th { font-weight: 600; white-space: nowrap }
thead th { border-top: 0; color: var(--soft); font-size: .85rem }
th:last-child, td:last-child { padding-right: 0 }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
time { white-space: nowrap; font-variant-numeric: tabular-nums }
.outcome { display: inline-block; font-size: .78rem; border-radius: .45rem; padding: .05rem .45rem; white-space: nowrap; border: 1px solid var(--line); color: var(--soft) }
.outcome.good { border-color: transparent; background: var(--wash); color: var(--leaf) }
.outcome.bad { border-color: transparent; background: var(--rose-wash); color: var(--rose) }
figure { margin: 0; display: grid; gap: .2rem }
figcaption { font-size: .85rem; color: var(--soft) }
.chart { display: block; width: 100%; height: auto }
.chart text { fill: var(--soft); font-size: 9px }
.chart line { stroke: var(--line) }
.replied, .spent { fill: var(--leaf) }
.ignored { fill: var(--soft) }
.refused, .full { fill: var(--rose) }
.failed, .money { fill: var(--honey) }
.key { display: flex; flex-wrap: wrap; gap: .2rem 1rem; list-style: none; font-size: .85rem; color: var(--soft) }
.key svg { width: .7rem; height: .7rem; margin-right: .3rem }
summary { cursor: pointer; font-size: .85rem; color: var(--soft) }
details table { font-size: .85rem }
details th, details td { padding: .3rem .3rem .3rem 0 }
details thead th { font-size: .75rem; vertical-align: bottom }
tbody th { font-weight: 400 }
details[open] > summary { margin-bottom: .5rem }
footer { padding: 1.5rem .25rem 0; font-size: .85rem; color: var(--soft) }
@media (width < 30rem) {
  body { padding: 0 .6rem 2rem }
  th, td { padding-right: .5rem }
}
`

/** The hash by which the policy allows the style sheet. */
export const STATUS_CSS_HASH = `sha256-${createHash('sha256').update(STATUS_CSS).digest('base64')}`
