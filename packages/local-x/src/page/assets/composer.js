import { live } from 'lit/directives/live.js'
import { repeat } from 'lit/directives/repeat.js'
import { html, nothing } from 'lit/html.js'
import { avatar, people } from './parts.js'
import { ask, set, state } from './store.js'

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

/** What X takes as a photo. */
const TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/gif']

const MOST_PHOTOS = 4

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
          <span>Add photos</span>
        </label>
        <button class="primary" ?disabled=${draft.posting === true}>${edits ? 'Save edit' : 'Post'}</button>
      </div>
      <p class="soft hint">Drop or paste photos here. Ctrl + Enter posts.</p>
      ${presets()}
    </form>
  `
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
  attach([...target.files])
  target.value = ''
}

function attachFrom(data, event) {
  const files = [...(data?.files ?? [])]
  if (files.length === 0) return
  event.preventDefault()
  attach(files)
}

/** Who is quick to post should not post without the sample that was picked. */
let attaching = Promise.resolve()

function attachSample(name, count = 1) {
  attaching = fetchSample(name, count).catch(() => set({ notice: 'The sample did not come. Is the local X running?' }))
  return attaching
}

async function fetchSample(name, count) {
  const blob = await (await fetch(`/_local/samples/${name}.jpg`)).blob()
  attach(
    Array.from({ length: count }, () => new File([blob], `${name.replace('photos/', '')}.jpg`, { type: 'image/jpeg' })),
  )
}

function attach(files) {
  const photos = files.filter(({ type }) => TYPES.includes(type))
  if (photos.length < files.length)
    set({ notice: 'X takes JPEG, PNG, WEBP and GIF files as photos. The others were left out.' })
  if (draft.photos.length + photos.length > MOST_PHOTOS) set({ notice: 'X takes at most four photos in one tweet.' })
  const more = photos.map((file) => {
    made += 1
    return { key: made, file, alt: '', kind: 'photo', preview: preview(file) }
  })
  change({ photos: [...draft.photos, ...more].slice(0, MOST_PHOTOS) })
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
    () => set({ notice: `${file.name} is not a picture that this browser can show.` }),
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
