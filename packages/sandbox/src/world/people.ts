import type { Prng } from '../random/prng.js';

/** A buyer and the address the parcel goes to. All invented. */
export interface Person {
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly addressLine1: string;
  readonly addressLine2?: string;
  readonly city: string;
  readonly stateOrRegion: string;
  readonly postalCode: string;
}

const firstNames = [
  'Thandiwe',
  'Sipho',
  'Lerato',
  'Pieter',
  'Anneke',
  'Naledi',
  'Ayesha',
  'Johan',
  'Zanele',
  'Kagiso',
  'Priya',
  'Themba',
  'Marelize',
  'Bongani',
  'Nomvula',
  'Fatima',
];
const lastNames = [
  'Mokoenasen',
  'van Wykberg',
  'Dlaminisi',
  'Naidoorai',
  'Bothastein',
  'Khumalozi',
  'Jacobsveld',
  'Petersenaar',
  'Nkosimbi',
  'Govenderaj',
  'Mahlangula',
  'Steynkamp',
];
const streets = [
  'Protea',
  'Jakaranda',
  'Long Tom',
  'Kiaat',
  'Witstinkhout',
  'Maroela',
  'Blombos',
  'Kokerboom',
];
const complexes = ['Unit 4, Rietvlei Mews', 'Flat 12, Seasands', 'Villa Fynbos 7', 'The Orchards 21'];
const cities: readonly (readonly [string, string, string])[] = [
  ['Johannesburg', 'Gauteng', '2196'],
  ['Pretoria', 'Gauteng', '0081'],
  ['Cape Town', 'Western Cape', '8001'],
  ['Stellenbosch', 'Western Cape', '7600'],
  ['Durban', 'KwaZulu-Natal', '4001'],
  ['Gqeberha', 'Eastern Cape', '6001'],
  ['Bloemfontein', 'Free State', '9301'],
  ['Polokwane', 'Limpopo', '0699'],
];

export function inventPerson(prng: Prng, domain: string): Person {
  const name = `${prng.pick(firstNames)} ${prng.pick(lastNames)}`;
  const [city, stateOrRegion, postalCode] = prng.pick(cities);
  return {
    name,
    email: `${prng.text(14, 'abcdefghijklmnopqrstuvwxyz0123456789')}@marketplace.${domain}`,
    phone: `+27 8${prng.digits(1)} ${prng.digits(3)} ${prng.digits(4)}`,
    addressLine1: `${prng.integer(1, 399)} ${prng.pick(streets)}laan`,
    ...(prng.chance(0.3) ? { addressLine2: prng.pick(complexes) } : {}),
    city,
    stateOrRegion,
    postalCode,
  };
}
