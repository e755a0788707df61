import { readFile } from 'node:fs/promises'
import type { ImageLabeler, LabelResult } from '@hexbird/core'
import { type Contract, ContractError } from '@hexbird/core/contracts'

/** A labeler that really looks, given the bytes of a photo. The usual settings of rules: five labels of 85 or more. */
export interface Looking {
  readonly see: (photo: Uint8Array) => Promise<LabelResult>
}

/** A labeler that is asked about one photo at a time, whatever it reads them from. */
export function looking(make: (photos: { get: ReturnType<typeof store>['get'] }) => ImageLabeler): Looking {
  const { get, put } = store()
  const labeler = make({ get })
  return {
    see: (photo) => labeler.label(put(photo), { max: 5, minConfidence: 85 }),
  }
}

function store() {
  const photos: Uint8Array[] = []
  return {
    get: async (key: string) => {
      const bytes = photos[Number(key.split('-').at(-1))]
      return bytes && { bytes, type: 'image/jpeg' }
    },
    put: (photo: Uint8Array) => `photos/1/2/3-${photos.push(photo) - 1}`,
  }
}

/** What is on the sample photographs of the local X: one of the names, or no animal. */
const ON_THEM: readonly (readonly [photo: string, names: readonly string[]])[] = [
  ['dog', ['Dog']],
  ['cat', ['Cat']],
  ['coffee', ['Cup', 'Coffee Cup', 'Coffee']],
  ['rocket', []],
]

/** What every labeler that really looks says of the sample photographs: the detector here, Rekognition on a stage. */
export const whatItSays: Contract<Looking> = ON_THEM.map(([photo, names]) => ({
  name: `${photo}.jpg shows ${names[0] ?? 'no animal'}`,
  async check(make) {
    const { see } = await make()
    const bytes = await readFile(new URL(`../../../packages/local-x/samples/photos/${photo}.jpg`, import.meta.url))
    const result = await see(bytes)
    if (result.kind === 'unreadable') throw new ContractError(`the photo is readable, but it says: ${result.detail}`)
    const said = result.labels.flatMap(({ name, parents }) => [name, ...parents])
    const isRight = names.length > 0 ? names.some((name) => said.includes(name)) : !said.includes('Animal')
    if (!isRight) throw new ContractError(`it says: ${said.join(', ') || 'nothing'}`)
  },
}))
