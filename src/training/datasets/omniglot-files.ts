import type { SplitName } from './split-classes.ts';

/** A file of a data set, pinned by its content. */
export interface DataFile {
  readonly name: string;
  readonly url: string;
  readonly sha256: string;
  readonly bytes: number;
}

const ORIGIN = 'https://github.com/brendenlake/omniglot/raw/master/python';

/** The archives of Omniglot as its authors publish them. Digests: the list of checksums of TensorFlow Datasets. */
export const OMNIGLOT_FILES: readonly DataFile[] = [
  {
    name: 'images_background.zip',
    url: `${ORIGIN}/images_background.zip`,
    sha256: 'ad41ab679c8b5d90b271ef46be6987cc81211774a695c29dcc5367b2b26ee640',
    bytes: 9_464_212,
  },
  {
    name: 'images_evaluation.zip',
    url: `${ORIGIN}/images_evaluation.zip`,
    sha256: '1f61a8f3366785b057fc117d9228e78a16e3d976c8953b2a10fcc74cf0609cee',
    bytes: 6_462_886,
  },
];

/** The folder that the recipes of this project read. */
export const OMNIGLOT_FOLDER = 'data/omniglot';

/**
 * The characters of each split, as alphabets with the first and the last number of their characters.
 *
 * @see Vinyals et al., NeurIPS 2016, https://arxiv.org/abs/1606.04080, §4.1.1; with the part for validation of Snell et
 *   al., https://github.com/jakesnell/prototypical-networks
 */
const SPLITS_OF_ALPHABETS: Readonly<Record<SplitName, string>> = {
  train: `Alphabet_of_the_Magi 1-20; Angelic 1-20; Anglo-Saxon_Futhorc 1-29; Arcadian 1-26; Asomtavruli_(Georgian) 1-40;
    Atemayar_Qelisayer 1-26; Atlantean 1-26; Aurek-Besh 1-26; Avesta 1-26; Balinese 1-24;
    Blackfoot_(Canadian_Aboriginal_Syllabics) 1-14; Braille 1-26; Burmese_(Myanmar) 1-34; Cyrillic 1-33; Futurama 1-26;
    Ge_ez 1-26; Glagolitic 1-45; Grantha 1-43; Greek 1-24; Gujarati 1-48; Gurmukhi 1-41;
    Inuktitut_(Canadian_Aboriginal_Syllabics) 1-16; Japanese_(hiragana) 1-52; Japanese_(katakana) 1-47; Korean 1-40;
    Latin 1-26; Malay_(Jawi_-_Arabic) 1-40; N_Ko 1-33; Ojibwe_(Canadian_Aboriginal_Syllabics) 1-14; Sanskrit 1-42;
    Syriac_(Estrangelo) 1-23; Tagalog 1-17; Tifinagh 1-55`,
  val: 'Armenian 1-41; Bengali 1-46; Early_Aramaic 1-22; Hebrew 1-22; Mkhedruli_(Georgian) 1-41',
  test: `Gurmukhi 42-45; Kannada 1-41; Keble 1-26; Malayalam 1-47; Manipuri 1-40; Mongolian 1-30;
    Old_Church_Slavonic_(Cyrillic) 1-45; Oriya 1-46; Sylheti 1-28; Syriac_(Serto) 1-23; Tengwar 1-25; Tibetan 1-42;
    ULOG 1-26`,
};

/** The text of `splits/<split>.txt`: `<alphabet>/character<number>` on each line. */
export function omniglotSplit(split: SplitName): string {
  const alphabets = SPLITS_OF_ALPHABETS[split]
    .split(/;\s*/)
    .map((part) => /^(\S+) (\d+)-(\d+)$/.exec(part) ?? []);
  const lines = alphabets.flatMap(([, alphabet, first, last]) =>
    Array.from(
      { length: Number(last) - Number(first) + 1 },
      (_, i) => `${alphabet}/character${`${Number(first) + i}`.padStart(2, '0')}\n`,
    ),
  );
  return lines.join('');
}
