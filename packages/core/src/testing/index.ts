export type { TextConstraints, TimeConstraints } from './arbitraries.js'
export {
  idArbitrary,
  labelArbitrary,
  labelsPerPhotoArbitrary,
  textArbitrary,
  userIdArbitrary,
  usernameArbitrary,
} from './arbitraries.js'
export { accountActivityDelivery, deliveryArbitrary, xActivityDelivery } from './deliveries.js'
export { jpegHead } from './photos.js'
export type { Person, TweetConstraints, TweetSpec } from './tweets.js'
export { photoArbitrary, tweetArbitrary, tweetSpecArbitrary } from './tweets.js'
