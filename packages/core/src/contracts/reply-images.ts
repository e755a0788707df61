import { type Tweet, timeOfId } from '../domain/tweet.js'
import type { Deferral, ImageUpload, SocialClient } from '../ports/social-client.js'
import { type Contract, ContractError, expectEqual, expectTrue } from './case.js'
import type { SocialClientHarness } from './social-client.js'

/** The bot's client, and an X that accepts images. */
export interface ReplyImagesHarness extends SocialClientHarness {
  /** Makes X fail to process the next uploaded image. */
  spoilNextImage(): void
  /** Lets enough time pass that every image that is not in a tweet expires at X. */
  expireImages(): void | Promise<void>
}

/** A PNG: a red square of 8 by 8 pixels. */
const SQUARE = bytesOf(
  '89504e470d0a1a0a0000000d49484452000000080000000808020000004b6d29dc0000001249444154789c63f8cfc0801561171db4120028ff3f' +
    'c16eecdf610000000049454e44ae426082',
)

type Make = () => ReplyImagesHarness | Promise<ReplyImagesHarness>

const LATER = ['rate-limited', 'no-credits', 'unauthorized', 'unreachable'] as const

/** The contract of `SocialClient` for images. */
export const replyImagesContract: Contract<ReplyImagesHarness> = [
  {
    name: 'a reply shows the images that were uploaded for it, in their order, with their alt texts',
    async check(make) {
      const harness = await make()
      const asked = await summons(harness)
      const alts = ['A red square', 'Another, \u201csmaller\u201d & older', '\u8d64\u3044\u56db\u89d2', 'The last one']
      const ids = []
      for (const alt of alts) ids.push(await upload(harness, { alt }))
      expectEqual(new Set(ids).size, alts.length, 'number of different media ids')
      const result = await harness.social.reply(asked, 'Here they are.', ids)
      expectEqual(result.kind, 'posted', 'post')
      const [reply] = await harness.repliesTo(asked)
      const { photos, text } = await found(harness.social, reply?.id ?? '')
      expectEqual(
        photos.map(({ altText }) => altText),
        alts,
        'alt texts of the reply',
      )
      expectTrue(text.includes('Here they are.'), 'the words are there too')
    },
  },
  {
    name: 'a reply without images shows none, whatever was uploaded',
    async check(make) {
      const harness = await make()
      const asked = await summons(harness)
      await upload(harness)
      expectEqual(await harness.repliesTo(asked), [], 'replies before the post')
      await harness.social.reply(asked, 'No image.')
      await harness.social.reply(await summons(harness, 'and this?'), 'None either.', [])
      const [reply] = await harness.repliesTo(asked)
      expectEqual((await found(harness.social, reply?.id ?? '')).photos, [], 'photos of the reply')
    },
  },
  {
    name: 'an image that was uploaded says until when it can be posted',
    async check(make) {
      const harness = await make()
      const now = timeOfId(await summons(harness)) ?? 0
      const result = await harness.social.uploadImage(image())
      const expiresAt = result.kind === 'uploaded' ? result.expiresAt : Number.NaN
      expectTrue(Number.isInteger(expiresAt), 'the end is a whole number of milliseconds')
      const minutes = (expiresAt - now) / 60_000
      expectTrue(minutes > 1 && minutes < 60 * 24 * 30, `the end is ahead, and within a month: ${minutes} minutes`)
    },
  },
  ...(['', ' \n', 'x'.repeat(1001)] as const).map((alt) => ({
    name: `an image with an alt text of ${alt.length} characters ${alt.trim() === '' ? 'and no word ' : ''}is refused`,
    async check(make: Make) {
      const { social } = await make()
      expectEqual(await reasonOf(social, image({ alt })), 'alt-text', 'upload')
    },
  })),
  {
    name: 'an alt text of a thousand characters is taken',
    async check(make) {
      await upload(await make(), { alt: '\u{1f415}'.repeat(1000) })
    },
  },
  {
    name: 'bytes that are no image are refused',
    async check(make) {
      const { social } = await make()
      const bytes = bytesOf('6e6f20696d616765')
      expectEqual(await reasonOf(social, image({ bytes })), 'rejected', 'upload')
    },
  },
  {
    name: 'an image of more than 5 MB is refused',
    async check(make) {
      const { social } = await make()
      const bytes = new Uint8Array(5 * 1024 * 1024 + 1)
      bytes.set(SQUARE)
      expectEqual(await reasonOf(social, image({ bytes })), 'rejected', 'upload')
    },
  },
  {
    name: 'an image that X cannot process is refused',
    async check(make) {
      const harness = await make()
      harness.spoilNextImage()
      expectEqual(await reasonOf(harness.social, image()), 'processing-failed', 'upload')
      await upload(harness)
    },
  },
  {
    name: 'a reply whose image has expired is refused, and is not posted without it',
    async check(make) {
      const harness = await make()
      const id = await upload(harness)
      await harness.expireImages()
      const asked = await summons(harness)
      await expectNotPosted(harness, asked, [id])
      await expectNotPosted(harness, asked, [await upload(harness), id])
    },
  },
  {
    name: 'a reply with an image that X does not know is refused, and is not posted without it',
    async check(make) {
      const harness = await make()
      const id = await upload(harness)
      await expectNotPosted(harness, await summons(harness), [id, '1790000000000000001'])
    },
  },
  {
    name: 'a reply with more than four images is refused, and is not posted with some of them',
    async check(make) {
      const harness = await make()
      const ids = []
      for (let nth = 0; nth < 5; nth++) ids.push(await upload(harness))
      await expectNotPosted(harness, await summons(harness), ids)
    },
  },
  {
    name: 'a post that is lost after the upload leaves the image for the next try',
    async check(make) {
      const harness = await make()
      const asked = await summons(harness)
      const id = await upload(harness)
      harness.failNext('ambiguous-not-posted')
      expectEqual((await harness.social.reply(asked, 'A square.', [id])).kind, 'ambiguous', 'first post')
      expectEqual(await harness.repliesTo(asked), [], 'replies')
      expectEqual((await harness.social.reply(asked, 'A square.', [id])).kind, 'posted', 'second post')
      const [reply] = await harness.repliesTo(asked)
      expectEqual((await found(harness.social, reply?.id ?? '')).photos.length, 1, 'number of photos')
    },
  },
  ...LATER.map((reason) => ({
    name: `an upload that is ${reason} is deferred, and may be tried again`,
    async check(make: Make) {
      const harness = await make()
      harness.failNext(reason)
      expectDeferral(await harness.social.uploadImage(image()), reason)
      await upload(harness)
    },
  })),
  ...(['ambiguous-posted', 'ambiguous-not-posted'] as const).map((failure) => ({
    name: `an upload whose answer is lost (${failure}) is deferred, and may be tried again`,
    async check(make: Make) {
      const harness = await make()
      harness.failNext(failure)
      expectDeferral(await harness.social.uploadImage(image()), 'unreachable')
      await upload(harness)
    },
  })),
  {
    name: 'an upload that is refused without a word about the image does not refuse the image',
    async check(make) {
      const harness = await make()
      harness.failNext('unexplained')
      expectEqual((await harness.social.uploadImage(image())).kind, 'deferred', 'upload')
      await upload(harness)
    },
  },
  {
    name: 'a locked account uploads nothing, and says so',
    async check(make) {
      const harness = await make()
      harness.failNext('locked')
      const result = await harness.social.uploadImage(image())
      expectEqual(result.kind, 'locked', 'upload')
      expectTrue(result.kind === 'locked' && Number.isInteger(result.code), "locked comes with X's code")
    },
  },
]

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
    Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16),
  )
}

const image = (over: Partial<ImageUpload> = {}): ImageUpload => ({
  bytes: SQUARE,
  type: 'image/png',
  alt: 'A red square',
  ...over,
})

async function upload({ social }: ReplyImagesHarness, over: Partial<ImageUpload> = {}): Promise<string> {
  const result = await social.uploadImage(image(over))
  if (result.kind === 'uploaded') return result.mediaId
  throw new ContractError(`upload: expected uploaded, got ${JSON.stringify(result)}`)
}

async function reasonOf(social: SocialClient, upload: ImageUpload): Promise<string> {
  const result = await social.uploadImage(upload)
  return result.kind === 'refused' ? result.reason : result.kind
}

async function summons(harness: ReplyImagesHarness, text = 'what is this?'): Promise<string> {
  return harness.tweetFrom(await harness.person('ada'), { text: `@${harness.bot.username} ${text}` })
}

async function found(social: SocialClient, id: string): Promise<Tweet> {
  const result = await social.tweet(id)
  if (result.kind === 'found') return result.tweet
  throw new ContractError(`tweet ${id}: expected found, got ${JSON.stringify(result)}`)
}

async function expectNotPosted(harness: ReplyImagesHarness, asked: string, ids: readonly string[]): Promise<void> {
  const result = await harness.social.reply(asked, 'A square.', ids)
  expectEqual(result.kind === 'refused' ? result.reason : result.kind, 'media-invalid', 'post')
  expectEqual(await harness.repliesTo(asked), [], 'replies')
}

function expectDeferral(result: { readonly kind: string } | Deferral, reason: Deferral['reason']): void {
  const deferral = result.kind === 'deferred' && 'reason' in result ? result : undefined
  expectEqual(deferral?.reason ?? result.kind, reason, 'upload')
  if (reason === 'rate-limited') expectTrue(Number.isInteger(deferral?.until), 'a rate limit comes with its end')
}
