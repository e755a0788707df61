/** What the model has a name for. */
export interface Kind {
  /** In the manner of Rekognition's labels. */
  readonly name: string
  /** The wider kinds that it belongs to. */
  readonly parents: readonly string[]
}

const PET = ['Mammal', 'Animal', 'Pet']
const WILD = ['Wildlife', 'Mammal', 'Animal']
const VEHICLE = ['Vehicle', 'Transportation']
const SPORT = ['Sports Equipment', 'Sport']
const FRUIT = ['Fruit', 'Food', 'Plant']
const VEGETABLE = ['Vegetable', 'Food', 'Plant']
const TABLEWARE = ['Tableware']
const CUTLERY = ['Cutlery', 'Tableware']
const FURNITURE = ['Furniture']
const APPLIANCE = ['Appliance', 'Device', 'Electrical Device']
const ELECTRONICS = ['Electronics']
const COMPUTER = ['Computer Hardware', 'Computer', 'Electronics']
const BAG = ['Bag', 'Accessories']

/** The 80 kinds of COCO by the number that the model knows them by, which leaves ten of the first ninety out. */
export const COCO: ReadonlyMap<number, Kind> = new Map(
  (
    [
      [1, 'Person'],
      [2, 'Bicycle', VEHICLE],
      [3, 'Car', VEHICLE],
      [4, 'Motorcycle', VEHICLE],
      [5, 'Airplane', ['Aircraft', ...VEHICLE]],
      [6, 'Bus', VEHICLE],
      [7, 'Train', VEHICLE],
      [8, 'Truck', VEHICLE],
      [9, 'Boat', ['Watercraft', ...VEHICLE]],
      [10, 'Traffic Light', ['Light']],
      [11, 'Fire Hydrant', ['Hydrant']],
      [13, 'Stop Sign', ['Road Sign', 'Sign', 'Symbol']],
      [14, 'Parking Meter'],
      [15, 'Bench', FURNITURE],
      [16, 'Bird', ['Animal']],
      [17, 'Cat', PET],
      [18, 'Dog', PET],
      [19, 'Horse', ['Mammal', 'Animal']],
      [20, 'Sheep', ['Livestock', 'Mammal', 'Animal']],
      [21, 'Cow', ['Cattle', 'Livestock', 'Mammal', 'Animal']],
      [22, 'Elephant', WILD],
      [23, 'Bear', WILD],
      [24, 'Zebra', WILD],
      [25, 'Giraffe', WILD],
      [27, 'Backpack', BAG],
      [28, 'Umbrella', ['Canopy']],
      [31, 'Handbag', BAG],
      [32, 'Tie', ['Accessories', 'Formal Wear']],
      [33, 'Suitcase', ['Luggage', 'Baggage']],
      [34, 'Frisbee', ['Toy']],
      [35, 'Skis', SPORT],
      [36, 'Snowboard', SPORT],
      [37, 'Ball', SPORT],
      [38, 'Kite', ['Toy']],
      [39, 'Baseball Bat', SPORT],
      [40, 'Baseball Glove', SPORT],
      [41, 'Skateboard', SPORT],
      [42, 'Surfboard', SPORT],
      [43, 'Tennis Racket', SPORT],
      [44, 'Bottle'],
      [46, 'Wine Glass', ['Glass', 'Tableware']],
      [47, 'Cup', TABLEWARE],
      [48, 'Fork', CUTLERY],
      [49, 'Knife', CUTLERY],
      [50, 'Spoon', CUTLERY],
      [51, 'Bowl', TABLEWARE],
      [52, 'Banana', FRUIT],
      [53, 'Apple', FRUIT],
      [54, 'Sandwich', ['Food']],
      [55, 'Orange', FRUIT],
      [56, 'Broccoli', VEGETABLE],
      [57, 'Carrot', VEGETABLE],
      [58, 'Hot Dog', ['Food']],
      [59, 'Pizza', ['Food']],
      [60, 'Donut', ['Sweets', 'Food']],
      [61, 'Cake', ['Dessert', 'Food']],
      [62, 'Chair', FURNITURE],
      [63, 'Couch', FURNITURE],
      [64, 'Potted Plant', ['Plant']],
      [65, 'Bed', FURNITURE],
      [67, 'Dining Table', ['Table', 'Furniture']],
      [70, 'Toilet', ['Bathroom', 'Indoors']],
      [72, 'TV', ['Screen', 'Electronics']],
      [73, 'Laptop', ['Pc', 'Computer', 'Electronics']],
      [74, 'Computer Mouse', COMPUTER],
      [75, 'Remote Control', ELECTRONICS],
      [76, 'Computer Keyboard', COMPUTER],
      [77, 'Cell Phone', ['Phone', 'Electronics']],
      [78, 'Microwave', APPLIANCE],
      [79, 'Oven', APPLIANCE],
      [80, 'Toaster', APPLIANCE],
      [81, 'Sink'],
      [82, 'Refrigerator', APPLIANCE],
      [84, 'Book', ['Publication']],
      [85, 'Clock'],
      [86, 'Vase', ['Jar', 'Pottery']],
      [87, 'Scissors', ['Blade']],
      [88, 'Teddy Bear', ['Toy']],
      [89, 'Hair Dryer', APPLIANCE],
      [90, 'Toothbrush', ['Brush', 'Tool']],
    ] satisfies readonly (readonly [number, string, (readonly string[])?])[]
  ).map(([id, name, parents = []]) => [id, { name, parents }]),
)
