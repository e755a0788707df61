import { live } from 'lit/directives/live.js'
import { repeat } from 'lit/directives/repeat.js'
import { html, nothing } from 'lit/html.js'
import { avatar, people } from './parts.js'
import { ask, NO_ANSWER, set, state } from './store.js'

/** Where the photographs come from is in samples/SOURCES.md. */
const SAMPLES = [
  { name: 'photos/dog', label: 'the photo of a dog', source: 'Photo from darknet, public domain' },
  { name: 'photos/cat', label: 'the photo of a cat', source: 'Photo by Stéfan van der Walt, CC0' },
  { name: 'photos/raccoon', label: 'the photo of a raccoon', source: 'Photo from public-domain-image.com' },
  { name: 'photos/coffee', label: 'the photo of a coffee cup', source: 'Photo by Rachel Michetti, CC0' },
  { name: 'photos/rocket', label: 'the photo of a rocket', source: 'Photo by SpaceX, public domain' },
  ...[
    { name: 'dog', label: 'the drawing of a dog' },
    { name: 'bird', label: 'the drawing of a bird' },
    { name: 'plant', label: 'the drawing of a plant' },
    { name: 'nothing', label: 'the drawing of nothing that has a name' },
  ].map((drawing) => ({ ...drawing, source: 'Drawing with keywords in the file' })),
]

/** For the dialog that chooses files. What X takes is for the local X to say. */
const TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/gif']

const MOST_PHOTOS = 4
/** X takes no larger file, whatever it is. */
const MOST_BYTES = 15 * 1024 * 1024

const question = () => `@${state.bot.username} what is this?`

/** The tweet in the making. `text` is undefined until somebody writes: then it is the question. */
let draft = { as: 'alice', text: undefined, photos: [] }
let made = 0
let over = false

const change = (changes) => {
  draft = { ...draft, ...changes }
  set({})
}

/** Begins a tweet that replies, quotes or edits, and goes there. */
export function startDraft(changes) {
  change({
    photos: [],
    text: changes.edits ? undefined : '',
    inReplyTo: undefined,
    quote: undefined,
    edits: undefined,
    ...changes,
  })
  requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector('#words')?.focus()))
}

export function composer() {
  const { text = question(), photos, inReplyTo, quote, edits } = draft
  const about = inReplyTo
    ? `Replying to @${inReplyTo.author.username}`
    : quote
      ? `Quoting @${quote.author.username}`
      : edits
        ? 'Editing your tweet'
        : undefined
  return html`
    <form
      class=${over ? 'card composer over' : 'card composer'}
      aria-label="Write a tweet"
      @submit=${post}
      @paste=${(event) => attachFrom(event.clipboardData, event)}
      @dragover=${dragged}
      @dragleave=${() => dragged()}
      @drop=${dropped}
    >
      ${authors()}
      ${
        about
          ? html`<p class="about">
            ${about}
            <button type="button" class="quiet" @click=${() => startDraft({ text: undefined })}>Cancel</button>
          </p>`
          : nothing
      }
      <label class="hidden" for="words">Words of the tweet</label>
      <textarea
        id="words"
        rows="2"
        placeholder="Write something"
        aria-describedby="count"
        .value=${live(text)}
        @input=${(event) => change({ text: event.target.value })}
        @keydown=${(event) => (event.ctrlKey || event.metaKey) && event.key === 'Enter' && post(event)}
      ></textarea>
      ${photos.length > 0 ? attached(photos) : nothing}
      <div class="row">
        <div class="samples" role="group" aria-label="Sample photos">
          ${SAMPLES.map(
            ({ name, label, source }) => html`
              <button
                type="button"
                class="sample"
                title=${source}
                ?disabled=${photos.length >= MOST_PHOTOS}
                @click=${() => attachSample(name)}
              >
                <img src="/_local/samples/${name}.jpg" alt="Attach ${label}" width="44" height="44" />
              </button>
            `,
          )}
        </div>
        <label class="file">
          <input type="file" accept=${TYPES.join()} multiple @change=${picked} />
          <span class="button">Add photos</span>
        </label>
        <button class="primary" ?disabled=${draft.posting === true}>${edits ? 'Save edit' : 'Post'}</button>
      </div>
      <div class="hint">
        <p class="soft">Drop or paste photos here. Ctrl + Enter posts.</p>
        ${length(text)}
      </div>
      ${presets()}
    </form>
  `
}

/** How long X counts the words to be, as it was told last. */
let counted = { text: '', weightedLength: 0, usual: 280, premium: 25_000 }
let counting = false

/** One request at a time: after fast typing, only the latest text is measured. */
async function count() {
  if (counting) return
  counting = true
  for (let text; text !== words(); ) {
    text = words()
    const answer = await fetch('/_local/measure', {
      method: 'POST',
      body: JSON.stringify({ text }),
      headers: { 'content-type': 'application/json' },
    }).catch(() => undefined)
    counted = { ...counted, text, ...(answer?.ok ? await answer.json() : {}) }
  }
  counting = false
  set({})
}

const words = () => draft.text ?? question()

function length(text) {
  if (text !== counted.text) void count()
  const { weightedLength, usual, premium } = counted
  const [is, may] = [weightedLength, premium].map((number) => number.toLocaleString('en-US'))
  return html`<p id="count" class=${weightedLength > premium ? 'count bad' : weightedLength > usual ? 'count much' : 'count soft'}>
    ${
      weightedLength > premium
        ? `${is} characters: X takes at most ${may}`
        : weightedLength > usual
          ? `${is} characters: only a Premium account may post more than ${usual}`
          : `${is} of ${usual} characters`
    }
  </p>`
}

function authors() {
  return html`
    <fieldset class="authors">
      <legend class="hidden">Tweet as</legend>
      ${repeat(
        people(),
        ({ username }) => username,
        (person) => html`
          <label class="author">
            <input
              type="radio"
              name="as"
              value=${person.username}
              .checked=${live(draft.as === person.username)}
              @change=${() => change({ as: person.username })}
            />
            <span>${avatar(person)}@${person.username}</span>
          </label>
        `,
      )}
      <span class="newcomer">
        <label class="hidden" for="newcomer">Username of somebody new</label>
        <input id="newcomer" maxlength="15" placeholder="somebody new" autocomplete="off" spellcheck="false" @keydown=${newcomerByKey} />
        <button type="button" class="quiet" aria-label="Add the person" @click=${addNewcomer}>Add</button>
      </span>
    </fieldset>
  `
}

function newcomerByKey(event) {
  if (event.key !== 'Enter') return
  event.preventDefault()
  void addNewcomer()
}

async function addNewcomer() {
  const field = document.querySelector('#newcomer')
  const username = field.value.trim().replace(/^@/, '')
  if (username === '') return
  const person = await ask('PUT', `/_local/people/${encodeURIComponent(username)}`, {})
  if (person === undefined) return
  field.value = ''
  change({ as: person.username })
}

function attached(photos) {
  return html`
    <ul class="attached" aria-label="Photos to post">
      ${repeat(
        photos,
        ({ key }) => key,
        (photo, at) => html`
          <li>
            ${photo.preview}
            <label
              >Describe photo ${at + 1}
              <input
                maxlength="1000"
                placeholder="what it shows"
                .value=${live(photo.alt)}
                @input=${(event) => changePhoto(photo, { alt: event.target.value })}
              />
            </label>
            <label
              >Send as
              <select .value=${live(photo.kind)} @change=${(event) => changePhoto(photo, { kind: event.target.value })}>
                <option value="photo">photo</option>
                <option value="animated_gif">GIF</option>
                <option value="video">video</option>
              </select>
            </label>
            <button
              type="button"
              class="quiet"
              aria-label="Remove photo ${at + 1}"
              @click=${() => change({ photos: photos.filter((one) => one !== photo) })}
            >
              Remove
            </button>
          </li>
        `,
      )}
    </ul>
  `
}

const changePhoto = (photo, changes) =>
  change({ photos: draft.photos.map((one) => (one.key === photo.key ? { ...one, ...changes } : one)) })

function dragged(event) {
  event?.preventDefault()
  const now = event !== undefined
  if (now === over) return
  over = now
  set({})
}

function dropped(event) {
  over = false
  event.preventDefault()
  attachFrom(event.dataTransfer, event)
}

function picked({ target }) {
  void attachFiles([...target.files])
  target.value = ''
}

function attachFrom(data, event) {
  const files = [...(data?.files ?? [])]
  if (files.length === 0) return
  event.preventDefault()
  void attachFiles(files)
}

/** A fast click on Post must not send the tweet without the chosen photo. */
let attaching = Promise.resolve()

function attachFiles(files) {
  attaching = attaching.then(() => attach(files))
  return attaching
}

function attachSample(name, count = 1) {
  const failed = () => set({ notice: 'The sample did not come. Is the local X running?' })
  attaching = attaching.then(() => fetchSample(name, count)).catch(failed)
  return attaching
}

async function fetchSample(name, count) {
  const blob = await (await fetch(`/_local/samples/${name}.jpg`)).blob()
  await attach(
    Array.from({ length: count }, () => new File([blob], `${name.replace('photos/', '')}.jpg`, { type: 'image/jpeg' })),
  )
}

/** Attaches what X takes, and says why it does not take the rest. */
async function attach(files) {
  const judged = await Promise.all(files.map(judge))
  const problems = judged.flatMap(({ problem }) => problem ?? [])
  const more = judged.flatMap(({ file, kind }) => {
    if (kind === undefined) return []
    made += 1
    return [{ key: made, file, alt: '', kind, preview: preview(file) }]
  })
  if (draft.photos.length + more.length > MOST_PHOTOS) problems.push('X takes at most four photos in one tweet.')
  if (problems.length > 0) set({ notice: problems.join('\n') })
  change({ photos: [...draft.photos, ...more].slice(0, MOST_PHOTOS) })
}

/** Asks the local X, as X is asked when a photo is chosen. A GIF that moves is no photo, and has a kind of its own. */
async function judge(file) {
  if (file.size > MOST_BYTES) return { file, problem: `${file.name}: X takes no file of more than 15 MB.` }
  let problem
  for (const kind of file.type === 'image/gif' ? ['photo', 'animated_gif'] : ['photo']) {
    const form = new FormData()
    form.set('photo', file)
    form.set('kind', kind)
    const response = await fetch('/_local/photos', { method: 'POST', body: form }).catch(() => undefined)
    if (response?.ok) return { file, kind }
    const { error = NO_ANSWER } = (await response?.json().catch(() => ({}))) ?? {}
    problem = `${file.name}: ${error}`
  }
  return { file, problem }
}

/** A canvas: the page loads no image but from its own address, and files on this disk have another. */
function preview(file) {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = 144
  canvas.setAttribute('role', 'img')
  canvas.setAttribute('aria-label', file.name)
  createImageBitmap(file).then(
    (image) => {
      const scale = Math.max(144 / image.width, 144 / image.height)
      const [width, height] = [image.width * scale, image.height * scale]
      canvas.getContext('2d')?.drawImage(image, (144 - width) / 2, (144 - height) / 2, width, height)
    },
    () => set({ notice: `${file.name} is a photo that this browser cannot show. It can be posted.` }),
  )
  return canvas
}

async function post(event) {
  event.preventDefault()
  if (draft.posting) return
  change({ posting: true })
  await attaching
  const { as, text = question(), photos, inReplyTo, quote, edits, replySettings } = draft
  const form = new FormData()
  form.set('as', as)
  form.set('text', text)
  for (const [name, tweet] of Object.entries({ inReplyTo, quote, edits })) if (tweet) form.set(name, tweet.id)
  if (replySettings) form.set('replySettings', replySettings)
  for (const { file, alt, kind } of photos) {
    form.append('photo', file)
    form.append('alt', alt)
    form.append('kind', kind)
  }
  const tweet = await ask('POST', '/_local/tweets', form)
  change({ posting: false })
  if (tweet !== undefined) startDraft({ text: undefined })
}

/** Tweets that bots get wrong, ready to post. */
function presets() {
  const bot = state.bot.username
  const ofBot = [...state.tweets.values()].filter(({ author, deleted }) => author.id === state.bot.id && !deleted)
  const last = ofBot.at(-1)
  const clear = { inReplyTo: undefined, quote: undefined, edits: undefined, photos: [] }
  const long = `@${bot} ${'I have walked past this every morning for a year and still cannot say what it is. '.repeat(4)}Do you know?`
  const list = [
    ['Four photos', () => withSample({ text: undefined }, 'photos/dog', 4)],
    ['A GIF', () => withKind('animated_gif')],
    ['A video', () => withKind('video')],
    ['An author who opts out', () => change({ ...clear, text: `@${bot} stop` })],
    ['A long tweet', () => withSample({ text: long }, 'photos/cat')],
    ['A quote that summons', last && (() => withSample({ text: 'and what is this?', quote: last }, 'photos/cat'))],
    ['An implicit mention', last && (() => change({ ...clear, text: 'thank you', inReplyTo: last }))],
  ]
  async function withSample(draft, ...sample) {
    change({ ...clear, ...draft })
    await attachSample(...sample)
  }
  async function withKind(kind) {
    await withSample({ text: undefined }, 'photos/dog')
    change({ photos: draft.photos.map((photo) => ({ ...photo, kind })) })
  }
  return html`
    <details class="presets">
      <summary>Tweets that bots get wrong</summary>
      <div class="row">
        ${list.map(
          ([label, act]) => html`
            <button type="button" class="chip" ?disabled=${act === undefined} title=${act ? '' : `@${bot} has to have tweeted first`} @click=${act ?? nothing}>
              ${label}
            </button>
          `,
        )}
        <label class="setting"
          >Who can reply
          <select @change=${(event) => change({ replySettings: event.target.value })}>
            <option value="everyone">everyone</option>
            <option value="following">whom they follow</option>
            <option value="mentionedUsers">who is mentioned</option>
            <option value="subscribers">subscribers</option>
            <option value="verified">verified accounts</option>
          </select>
        </label>
      </div>
    </details>
  `
}
