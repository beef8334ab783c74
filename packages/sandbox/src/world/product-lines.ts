/** What a seeded catalogue is made of. Brands are invented; prices are in rand. */
export interface ProductLine {
  readonly productType: string;
  readonly category: string;
  readonly classificationId: string;
  readonly noun: string;
  readonly brands: readonly string[];
  readonly variants: readonly string[];
  readonly minRand: number;
  readonly maxRand: number;
  readonly weightGrams: number;
}

export const productLines: readonly ProductLine[] = [
  line(
    'TEA',
    'Grocery',
    'Organic Rooibos Tea Bags',
    ['Cederhof', 'Karoo Leaf', 'Bergwind'],
    ['40s', '80s', '160s', 'Vanilla 40s', 'Honeybush 80s'],
    39,
    149,
    220,
  ),
  line(
    'JERKY',
    'Grocery',
    'Beef Biltong',
    ['Boland Braai', 'Veld & Vuur', 'Oom Klein'],
    ['Traditional 250 g', 'Chilli 250 g', 'Peri-Peri 500 g', 'Droewors 400 g', 'Sliced 1 kg'],
    89,
    459,
    400,
  ),
  line(
    'COOKING_POT',
    'Kitchen',
    'Cast Iron Potjie Pot',
    ['Drakensvoet', 'Smeulkole', 'Ubuntu Cookware'],
    ['No. 1', 'No. 2', 'No. 3', 'No. 4', 'Flat Bottom No. 10'],
    449,
    2199,
    8200,
  ),
  line(
    'GRILL',
    'Garden',
    'Stainless Steel Braai Grid',
    ['Smeulkole', 'Vuurmaak', 'Highveld Outdoor'],
    ['Folding 60 cm', 'Double 75 cm', 'Adjustable 90 cm', 'Sandwich 40 cm'],
    199,
    1299,
    2100,
  ),
  line(
    'BATTERY_CHARGER',
    'Electronics',
    'Mini UPS Wi-Fi Backup',
    ['Stagevier', 'Kragbron', 'Umbane'],
    ['8,800 mAh', '10,400 mAh', '20,000 mAh', '12 V Dual Output'],
    499,
    1899,
    640,
  ),
  line(
    'LIGHT_BULB',
    'Lighting',
    'Rechargeable LED Load-Shedding Bulb',
    ['Umbane', 'Kragbron', 'Lig & Lewe'],
    ['E27 9 W 2-pack', 'B22 7 W 4-pack', 'E27 12 W 6-pack', 'Warm White 3-pack'],
    89,
    429,
    310,
  ),
  line(
    'BLANKET',
    'Home',
    'Shweshwe Cotton Throw',
    ['Imvelo', 'Thandeka Home', 'Karoo Leaf'],
    ['Indigo Single', 'Brown Double', 'Red Queen', 'Indigo King'],
    349,
    1499,
    1400,
  ),
  line(
    'SKIN_MOISTURIZER',
    'Beauty',
    'Marula Oil Body Butter',
    ['Mopani Naturals', 'Imvelo', 'Bushveld Botanics'],
    ['100 ml', '250 ml', '500 ml', 'Baobab 250 ml'],
    79,
    399,
    300,
  ),
  line(
    'COFFEE',
    'Grocery',
    'Whole Bean Coffee',
    ['Tafelberg Roasters', 'Jozi Bean Co', 'Bergwind'],
    ['House Blend 250 g', 'Dark Roast 1 kg', 'Decaf 250 g', 'Espresso 1 kg'],
    99,
    479,
    600,
  ),
  line(
    'SPORTING_GOODS',
    'Sports',
    'Trail Running Hydration Vest',
    ['Kransberg', 'Highveld Outdoor', 'Otterpad'],
    ['5 L Small', '5 L Medium', '12 L Large', '12 L Extra Large'],
    599,
    2499,
    450,
  ),
  line(
    'TOY_FIGURE',
    'Toys',
    'Hand-Carved Wooden Big Five Set',
    ['Imvelo', 'Kruger Kids', 'Mopani Naturals'],
    ['5 Piece', '10 Piece', 'Magnetic', 'Puzzle 48 Piece'],
    149,
    699,
    520,
  ),
  line(
    'SAUCE',
    'Grocery',
    'Cape Malay Chutney',
    ["Ouma's Kombuis", 'Boland Braai', 'Bo-Kaap Pantry'],
    ['Mild 470 g', 'Hot 470 g', 'Apricot 1.1 kg', 'Mango Atchar 400 g'],
    35,
    119,
    620,
  ),
];

function line(
  productType: string,
  category: string,
  noun: string,
  brands: readonly string[],
  variants: readonly string[],
  minRand: number,
  maxRand: number,
  weightGrams: number,
): ProductLine {
  const classificationId = String(
    2_700_000_000 + ([...productType].reduce((sum, c) => sum * 7 + c.charCodeAt(0), 11) % 99_999_999),
  );
  return { productType, category, classificationId, noun, brands, variants, minRand, maxRand, weightGrams };
}
