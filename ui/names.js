// Names of places and equipment in the reader's language. The API speaks English; the village file may hold the others beside it.
import {language} from './text.js';
const others = new Map();
export function learnNames(village) {
  for (const x of [village.site, ...village.assets, ...village.places]) if (x.names) others.set(x.name, x.names);
}
export const nameOf = english => others.get(english)?.[language()] ?? english ?? '';
