/** Scripts of more than one language count as their script. */
const SCRIPTS = [
  'Latin',
  'Cyrillic',
  'Greek',
  'Arabic',
  'Hebrew',
  'Devanagari',
  'Thai',
  'Hangul',
  'Hiragana',
  'Katakana',
  'Han',
] as const;
const patterns = SCRIPTS.map((script) => [script, new RegExp(`\\p{Script=${script}}`, 'gu')] as const);

/** Frequent words of languages in Latin script. A word can be of several. */
const WORDS: Readonly<Record<string, string>> = {
  English: 'the a an of to and in is for on that it my you i what how do me with can this are',
  German: 'der die das und ist in zu den ich nicht ein eine mit für auf wie was mein sie es von bitte',
  French: 'le la les de des et est un une je que pour dans pas mon ma vous du en quel comment sur',
  Spanish: 'el la los las de y es un una en que no por para mi con se lo cómo qué del me',
  Portuguese: 'o a os as de e é um uma em que não por para meu minha com se do da como me',
  Italian: 'il lo la i gli di e è un una in che non per mi con si del come mio mia sono',
  Dutch: 'de het een en is van in op te dat niet ik mijn met voor hoe wat zijn je aan',
  Polish: 'i w na z do nie się jest to że jak mój co o po dla czy mi ja od',
  Swedish: 'och i att det är en ett som på för med av inte jag min hur vad den till har',
  Turkish: 've bir bu da de için ile mi ne nasıl benim çok ben var yok olan en gibi mı kadar',
};
/** By word, the languages that it is frequent in. */
const languagesOf = new Map<string, string[]>();
for (const [language, list] of Object.entries(WORDS))
  for (const word of list.split(' ')) languagesOf.set(word, [...(languagesOf.get(word) ?? []), language]);

const ASCII = /^[\0-\x7f]*$/;

/** A text is judged by its beginning. */
const LONGEST = 300;

/**
 * The language of a text in Latin script, by its frequent words; else the script of most of its letters. A guess that is good
 * enough to see that the mix of languages changes: of a text without a frequent word, it is only the script.
 */
export function languageOf(text: string): string {
  const start = text.slice(0, LONGEST);
  const script = scriptOf(start);
  if (script !== 'Latin') return script;
  const scores = new Map<string, number>();
  for (const word of start.toLowerCase().match(/\p{L}+/gu) ?? [])
    for (const language of languagesOf.get(word) ?? []) scores.set(language, (scores.get(language) ?? 0) + 1);
  let best: readonly [string, number] = [script, 0];
  for (const each of scores) if (each[1] > best[1]) best = each;
  return best[0];
}

function scriptOf(text: string): string {
  if (ASCII.test(text)) return /[a-z]/i.test(text) ? 'Latin' : 'none';
  const counts = patterns.map(([script, pattern]) => [script, text.match(pattern)?.length ?? 0] as const);
  const [script, letters] = counts.reduce((best, each) => (each[1] > best[1] ? each : best));
  return letters === 0 ? 'none' : script;
}
