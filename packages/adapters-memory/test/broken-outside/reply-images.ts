import type { ImageUpload, PostResult, SocialClient, UploadResult } from '@hexbird/core/adapter'
import type { ReplyImagesHarness, SocialFailure } from '@hexbird/core/contracts'
import { MemorySocialClient } from '../../src/memory-social-client.js'
import type { Faults } from './faults.js'
import { BOT } from './social-client.js'

export function memoryReplyImages(): ReplyImagesHarness {
  const social = new MemorySocialClient({ bot: BOT })
  return {
    social,
    bot: BOT,
    person: async (username) => social.person(username),
    tweetFrom: async (author, tweet) => social.addTweet({ author, ...tweet }).id,
    remove: async (tweetId) => social.removeTweet(tweetId),
    repliesTo: async (tweetId) => social.repliesTo(tweetId).map(({ id, text }) => ({ id, text })),
    failNext: (failure) => social.failNext(failure),
    spoilNextImage: () => social.spoilNextImage(),
    expireImages: () => social.expireImages(),
  }
}

type Break = (social: SocialClient, failure: () => SocialFailure | undefined) => Partial<SocialClient>

const withClient =
  (breaks: Break) =>
  (harness: ReplyImagesHarness): ReplyImagesHarness => {
    const { social } = harness
    let failure: SocialFailure | undefined
    const whole: SocialClient = {
      me: () => social.me(),
      reply: (tweetId, text, mediaIds) => social.reply(tweetId, text, mediaIds),
      uploadImage: (image) => social.uploadImage(image),
      tweet: (id) => social.tweet(id),
      findOwnReply: (tweetId) => social.findOwnReply(tweetId),
    }
    return {
      ...harness,
      social: { ...whole, ...breaks(social, () => failure) },
      failNext(next) {
        failure = next
        harness.failNext(next)
      },
    }
  }

const uploading = (
  change: (result: UploadResult, failure: SocialFailure | undefined, image: ImageUpload) => UploadResult,
) =>
  withClient((social, failure) => ({
    uploadImage: async (image) => change(await social.uploadImage(image), failure(), image),
  }))

/** It posts other images than it was told to. */
const posting = (change: (mediaIds: readonly string[]) => readonly string[] | undefined) =>
  withClient((social) => ({ reply: (tweetId, text, ids = []) => social.reply(tweetId, text, change(ids)) }))

/** After a post that was refused for its images it tries something else. */
const afterRefusal = (
  again: (social: SocialClient, tweetId: string, text: string, ids: readonly string[]) => Promise<PostResult>,
) =>
  withClient((social) => ({
    async reply(tweetId, text, ids = []) {
      const result = await social.reply(tweetId, text, ids)
      return result.kind === 'refused' && result.reason === 'media-invalid' ? again(social, tweetId, text, ids) : result
    },
  }))

const later = (detail = ''): UploadResult => ({ kind: 'deferred', reason: 'unreachable', detail })
const refusedFor = (reason: string, instead: UploadResult) =>
  uploading((result) => (result.kind === 'refused' && result.reason === reason ? instead : result))
const made: UploadResult = { kind: 'uploaded', mediaId: '1', expiresAt: 1 }

const LATER = ['rate-limited', 'no-credits', 'unauthorized', 'unreachable'] as const
const LOST = ['ambiguous-posted', 'ambiguous-not-posted'] as const
const SHOWN = 'a reply shows the images that were uploaded for it, in their order, with their alt texts'
const EXPIRED = 'a reply whose image has expired is refused, and is not posted without it'
const UNKNOWN = 'a reply with an image that X does not know is refused, and is not posted without it'
const FIVE = 'a reply with more than four images is refused, and is not posted with some of them'
const UNTIL = 'an image that was uploaded says until when it can be posted'

export const REPLY_IMAGES_FAULTS: Faults<ReplyImagesHarness> = {
  'images are left out of the post': { noticedBy: [SHOWN], breaks: posting(() => undefined) },
  'images are posted in another order': { noticedBy: [SHOWN], breaks: posting((ids) => ids.toReversed()) },
  'only the first image is posted': { noticedBy: [SHOWN, UNKNOWN, FIVE], breaks: posting((ids) => ids.slice(0, 1)) },
  'alt texts are lost': {
    noticedBy: [SHOWN],
    breaks: withClient((social) => ({ uploadImage: (image) => social.uploadImage({ ...image, alt: 'Image' }) })),
  },
  'every reply has the images that were uploaded last': {
    noticedBy: ['a reply without images shows none, whatever was uploaded'],
    breaks: withClient((social) => {
      const uploaded: string[] = []
      return {
        async uploadImage(image) {
          const result = await social.uploadImage(image)
          if (result.kind === 'uploaded') uploaded.push(result.mediaId)
          return result
        },
        reply: (tweetId, text) => social.reply(tweetId, text, uploaded),
      }
    }),
  },
  'the end is in seconds': {
    noticedBy: [UNTIL],
    breaks: uploading((result) =>
      result.kind === 'uploaded' ? { ...result, expiresAt: Math.floor(result.expiresAt / 1000) } : result,
    ),
  },
  'the end is a time of its own': {
    noticedBy: [UNTIL],
    breaks: uploading((result) => (result.kind === 'uploaded' ? { ...result, expiresAt: 86_400 * 1000 } : result)),
  },
  'alt texts are not looked at': {
    noticedBy: [0, 2].map((length) => `an image with an alt text of ${length} characters and no word is refused`),
    breaks: withClient((social) => ({
      uploadImage: (image) => social.uploadImage({ ...image, alt: image.alt.trim() || 'Image' }),
    })),
  },
  'alt texts are cut': {
    noticedBy: ['an image with an alt text of 1001 characters is refused'],
    breaks: withClient((social) => ({
      uploadImage: (image) => social.uploadImage({ ...image, alt: image.alt.slice(0, 1000) }),
    })),
  },
  'alt texts are measured in UTF-16 units': {
    noticedBy: ['an alt text of a thousand characters is taken'],
    breaks: uploading((result, _, { alt }) =>
      alt.length > 1000 ? { kind: 'refused', reason: 'alt-text', detail: '' } : result,
    ),
  },
  'what is no image may be tried later': {
    noticedBy: ['bytes that are no image are refused', 'an image of more than 5 MB is refused'],
    breaks: refusedFor('rejected', later()),
  },
  'what is no image is uploaded': {
    noticedBy: ['bytes that are no image are refused', 'an image of more than 5 MB is refused'],
    breaks: refusedFor('rejected', made),
  },
  'an image is uploaded before X has processed it': {
    noticedBy: ['an image that X cannot process is refused'],
    breaks: refusedFor('processing-failed', made),
  },
  'a post without the images that have expired follows': {
    noticedBy: [EXPIRED, UNKNOWN],
    breaks: afterRefusal((social, tweetId, text) => social.reply(tweetId, text)),
  },
  'a post with the first four of the images follows': {
    noticedBy: [FIVE],
    breaks: afterRefusal((social, tweetId, text, ids) => social.reply(tweetId, text, ids.slice(0, 4))),
  },
  'images that have expired may be tried later': {
    noticedBy: [EXPIRED, UNKNOWN, FIVE],
    breaks: afterRefusal(async () => ({ kind: 'deferred', reason: 'unreachable', detail: '' })),
  },
  'images are gone after the first try to post them': {
    noticedBy: ['a post that is lost after the upload leaves the image for the next try'],
    breaks: withClient((social) => {
      const used = new Set<string>()
      return {
        reply(tweetId, text, ids = []) {
          const known = ids.filter((id) => !used.has(id))
          for (const id of ids) used.add(id)
          return social.reply(tweetId, text, known)
        },
      }
    }),
  },
  ...Object.fromEntries(
    LATER.map((reason) => [
      `an upload that is ${reason} is refused for good`,
      {
        noticedBy: [`an upload that is ${reason} is deferred, and may be tried again`],
        breaks: uploading((result, failure) =>
          failure === reason && result.kind === 'deferred'
            ? { kind: 'refused', reason: 'rejected', detail: '' }
            : result,
        ),
      },
    ]),
  ),
  'a rate limit without the time of its reset': {
    noticedBy: ['an upload that is rate-limited is deferred, and may be tried again'],
    breaks: uploading((result) =>
      result.kind === 'deferred' ? { kind: 'deferred', reason: result.reason, detail: '' } : result,
    ),
  },
  'an upload without an answer is refused for good': {
    noticedBy: LOST.map((failure) => `an upload whose answer is lost (${failure}) is deferred, and may be tried again`),
    breaks: uploading((result, failure) =>
      failure?.startsWith('ambiguous') && result.kind === 'deferred'
        ? { kind: 'refused', reason: 'rejected', detail: '' }
        : result,
    ),
  },
  'what X does not explain refuses the image': {
    noticedBy: ['an upload that is refused without a word about the image does not refuse the image'],
    breaks: uploading((result, failure) =>
      failure === 'unexplained' && result.kind === 'deferred'
        ? { kind: 'refused', reason: 'rejected', detail: '' }
        : result,
    ),
  },
  'a locked account is asked again': {
    noticedBy: ['a locked account uploads nothing, and says so'],
    breaks: uploading((result) => (result.kind === 'locked' ? later() : result)),
  },
}
