const MAMMAL = ['Mammal', 'Animal']
const PET = ['Mammal', 'Animal', 'Pet']
const WILD = ['Wildlife', 'Mammal', 'Animal']
const BIRD = ['Bird', 'Animal']
const POULTRY = ['Poultry', 'Bird', 'Animal']
const FISH = ['Fish', 'Sea Life', 'Animal']
const SEA_LIFE = ['Sea Life', 'Animal']
const SEA_MAMMAL = ['Mammal', 'Sea Life', 'Animal']
const REPTILE = ['Reptile', 'Animal']
const SNAKE = ['Snake', 'Reptile', 'Animal']
const AMPHIBIAN = ['Amphibian', 'Animal', 'Wildlife']
const INSECT = ['Insect', 'Invertebrate', 'Animal']
const INVERTEBRATE = ['Invertebrate', 'Animal']

/**
 * The wider kinds of common subjects of photos, similar to Rekognition's label hierarchy, by the kind's name in lower
 * case. Most of them are animals. A kind that isn't listed has no parents.
 *
 * @see https://docs.aws.amazon.com/rekognition/latest/dg/labels.html
 */
export const commonParents: Readonly<Record<string, readonly string[]>> = {
  mammal: ['Animal'],
  bird: ['Animal'],
  fish: ['Sea Life', 'Animal'],
  reptile: ['Animal'],
  amphibian: ['Animal', 'Wildlife'],
  insect: ['Invertebrate', 'Animal'],
  invertebrate: ['Animal'],
  wildlife: ['Animal'],
  pet: ['Animal'],
  'sea life': ['Animal'],
  poultry: BIRD,

  dog: PET,
  puppy: ['Dog', ...PET],
  'golden retriever': ['Dog', ...PET],
  cat: PET,
  kitten: ['Cat', ...PET],
  rabbit: PET,
  hamster: ['Rodent', ...PET],
  horse: MAMMAL,
  cow: ['Cattle', 'Livestock', ...MAMMAL],
  sheep: ['Livestock', ...MAMMAL],
  goat: ['Livestock', ...MAMMAL],
  pig: MAMMAL,
  donkey: MAMMAL,
  deer: WILD,
  fox: WILD,
  wolf: MAMMAL,
  bear: WILD,
  lion: WILD,
  tiger: WILD,
  elephant: WILD,
  giraffe: WILD,
  zebra: WILD,
  monkey: WILD,
  kangaroo: MAMMAL,
  squirrel: ['Rodent', ...MAMMAL],
  mouse: ['Rodent', ...MAMMAL],
  hedgehog: MAMMAL,
  bat: WILD,
  dolphin: SEA_MAMMAL,
  whale: SEA_MAMMAL,
  seal: SEA_MAMMAL,

  chicken: POULTRY,
  duck: BIRD,
  goose: BIRD,
  swan: BIRD,
  pigeon: BIRD,
  parrot: BIRD,
  owl: BIRD,
  eagle: BIRD,
  penguin: BIRD,
  flamingo: BIRD,
  robin: BIRD,
  sparrow: BIRD,
  finch: BIRD,

  goldfish: FISH,
  shark: FISH,
  salmon: FISH,
  octopus: ['Invertebrate', ...SEA_LIFE],
  crab: ['Invertebrate', ...SEA_LIFE],

  snake: REPTILE,
  cobra: SNAKE,
  lizard: REPTILE,
  turtle: ['Sea Life', ...REPTILE],
  tortoise: ['Sea Life', ...REPTILE],
  crocodile: REPTILE,

  frog: AMPHIBIAN,
  toad: AMPHIBIAN,
  salamander: AMPHIBIAN,
  newt: AMPHIBIAN,

  bee: INSECT,
  butterfly: INSECT,
  beetle: INSECT,
  ant: INSECT,
  dragonfly: INSECT,
  spider: INVERTEBRATE,
  snail: INVERTEBRATE,

  // Not animals, although they are named after some.
  'baseball bat': ['Sports Equipment', 'Sport'],
  'computer mouse': ['Computer Hardware', 'Computer', 'Electronics'],
  'hot dog': ['Food'],
  'teddy bear': ['Toy'],

  'potted plant': ['Plant'],
  flower: ['Plant'],
  tree: ['Plant'],
}
