/** What is hashed of each word, and into how many buckets. */
export const NGRAMS = { minimum: 3, maximum: 5, buckets: 4096 };

/** One step of the table of inverse document frequencies, which are stored as bytes. */
export const IDF_STEP = 1 / 24;
