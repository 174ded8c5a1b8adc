/**
 * Complete example bodies: texts, rows of a table, sounds, a wave through ten points, and two drawings of invented signs. The
 * documentation page shows them, and tests send each of them to the package that it names.
 */

/** Tones of a tenth of a second, µ-law at 8 kHz, which is short: low, high, and low again. */
const tones = {
  low: 'data:audio/wav;base64,UklGRkQDAABXQVZFZm10IBAAAAAHAAEAQB8AAEAfAAABAAgAZGF0YSADAAD/uaqhnJqYmJmbn6axz0AtIx0aGBgYGh0jLUDPsaafm5mYmJqcoaq5/zkqIRwaGBgZGx8mMU/AraOdmpiYmJqdo63ATzEmHxsZGBgaHCEqOX+5qqGcmpiYmZufprHPQC0jHRoYGBgaHSMtQM+xpp+bmZiYmpyhqrn/OSohHBoYGBkbHyYxT8Cto52amJiYmp2jrcBPMSYfGxkYGBocISo5f7mqoZyamJiZm5+msc9ALSMdGhgYGBodIy1Az7Gmn5uZmJianKGquX85KiEcGhgYGRsfJjFPwK2jnZqYmJianaOtwE8xJh8bGRgYGhwhKjl/uaqhnJqYmJmbn6axz0AtIx0aGBgYGh0jLUDPsaafm5mYmJqcoaq5fzkqIRwaGBgZGx8mMU/AraOdmpiYmJqdo63ATzEmHxsZGBgaHCEqOX+5qqGcmpiYmZufprHPQC0jHRoYGBgaHSMtQM+xpp+bmZiYmpyhqrn/OSohHBoYGBkbHyYxT8Cto52amJiYmp2jrcBPMSYfGxkYGBocISo5/7mqoZyamJiZm5+msc9ALSMdGhgYGBodIy1Az7Gmn5uZmJianKGquf85KiEcGhgYGRsfJjFPwK2jnZqYmJianaOtwE8xJh8bGRgYGhwhKjl/uaqhnJqYmJmbn6axz0AtIx0aGBgYGh0jLUDPsaafm5mYmJqcoaq5/zkqIRwaGBgZGx8mMU/AraOdmpiYmJqdo63ATzEmHxsZGBgaHCEqOf+5qqGcmpiYmZufprHPQC0jHRoYGBgaHSMtQM+xpp+bmZiYmpyhqrn/OSohHBoYGBkbHyYxT8Cto52amJiYmp2jrcBPMSYfGxkYGBocISo5f7mqoZyamJiZm5+msc9ALSMdGhgYGBodIy1Az7Gmn5uZmJianKGquf85KiEcGhgYGRsfJjFPwK2jnZqYmJianaOtwE8xJh8bGRgYGhwhKjl/uaqhnJqYmJmbn6axz0AtIx0aGBgYGh0jLUDPsaafm5mYmJqcoaq5/zkqIRwaGBgZGx8mMU/AraOdmpiYmJqdo63ATzEmHxsZGBgaHCEqOQ==',
  high: 'data:audio/wav;base64,UklGRkQDAABXQVZFZm10IBAAAAAHAAEAQB8AAEAfAAABAAgAZGF0YSADAAD/mp8tGC2fmv8aH62YrR8af5qfLRgtn5r/Gh+tmK0fGn+any0YLZ+afxofrZitHxp/mp8tGC2fmn8aH62YrR8af5qfLRgtn5r/Gh+tmK0fGv+any0YLZ+a/xofrZitHxp/mp8tGC2fmv8aH62YrR8a/5qfLRgtn5r/Gh+tmK0fGn+any0YLZ+a/xofrZitHxp/mp8tGC2fmv8aH62YrR8a/5qfLRgtn5r/Gh+tmK0fGn+any0YLZ+a/xofrZitHxp/mp8tGC2fmv8aH62YrR8af5qfLRgtn5r/Gh+tmK0fGv+any0YLZ+a/xofrZitHxp/mp8tGC2fmn8aH62YrR8af5qfLRgtn5r/Gh+tmK0fGn+any0YLZ+afxofrZitHxp/mp8tGC2fmv8aH62YrR8af5qfLRgtn5r/Gh+tmK0fGv+any0YLZ+a/xofrZitHxp/mp8tGC2fmv8aH62YrR8af5qfLRgtn5r/Gh+tmK0fGn+any0YLZ+a/xofrZitHxp/mp8tGC2fmn8aH62YrR8af5qfLRgtn5r/Gh+tmK0fGn+any0YLZ+a/xofrZitHxp/mp8tGC2fmv8aH62YrR8a/5qfLRgtn5r/Gh+tmK0fGn+any0YLZ+a/xofrZitHxp/mp8tGC2fmv8aH62YrR8a/5qfLRgtn5p/Gh+tmK0fGn+any0YLZ+a/xofrZitHxp/mp8tGC2fmv8aH62YrR8af5qfLRgtn5p/Gh+tmK0fGv+any0YLZ+a/xofrZitHxp/mp8tGC2fmv8aH62YrR8af5qfLRgtn5r/Gh+tmK0fGn+any0YLZ+a/xofrZitHxp/mp8tGC2fmv8aH62YrR8a/5qfLRgtn5r/Gh+tmK0fGn+any0YLZ+a/xofrZitHxp/mp8tGC2fmv8aH62YrR8af5qfLRgtn5p/Gh+tmK0fGn+any0YLZ+a/xofrZitHxp/mp8tGC2fmn8aH62YrR8af5qfLRgtn5r/Gh+tmK0fGn+any0YLZ+a/xofrZitHxp/mp8tGC2fmn8aH62YrR8a/5qfLRgtn5r/Gh+tmK0fGg==',
  anotherLow:
    'data:audio/wav;base64,UklGRkQDAABXQVZFZm10IBAAAAAHAAEAQB8AAEAfAAABAAgAZGF0YSADAACcmZiYmp2hq7xZMycfGxkYGBodIiw/0LGmnpuZmJianaOtwksvJR4bGRgYGh4kLkbHrqSempiYmZuepa/LQy0jHRoYGBkbHiYxT7+sop2amJiZm5+ns9g9KyIdGhgYGRsfKDViu6qhnJmYmJmcoKm39zgpIBwZGBgZHCAqOuq2qJ+cmZiYmpyhq7xcNCcfGxkYGBodIiw+07KmnpuZmJianaOtwU0wJR4bGRgYGh0kLkXIr6Wem5iYmZuepa/JRC4kHRoYGBkbHiYwTsCto52amJiZm5+nstU9LCIdGhgYGRsfKDVeu6uhnJqYmJmcn6m37TkqIBwZGBgZHCApOe+3qZ+cmZiYmpyhqrtfNSgfGxkYGBodIis91rOnn5uZmJianaOsv04xJh4bGRgYGh0kLUPKr6Wem5mYmJqepK/IRS4kHhoYGBkbHiUwTMGto52amJiZm56mstI+LCIdGhgYGRsfJzRbvKuhnJqYmJmcn6i25zoqIBwZGBgZHCApOPu4qaCcmZiYmZyhqrpkNigfHBkYGBodISs82bOnn5uZmJianaKsv1AxJh4bGRgYGh0jLULLr6Wem5mYmJqepK7GRy4kHhoYGBkbHiUvS8Oto52amJiZm56msc8/LCIdGhgYGRsfJzNYvauinZqYmJmbn6i14jsqIRwZGBgZHCApN3e4qaCcmZiYmZygqrpqNigfHBkYGBocISs83LSnn5uZmJianaKsvlMyJh4bGRgYGh0jLUHNsKWem5mYmJqdpK7FSC8lHhsYGBkbHiUvScSupJ2amJiZm56msM5ALSMdGhgYGRsfJzJVvayinZqYmJmbn6i13jsrIRwaGBgZHB8pN225qqCcmZiYmZygqblvNykfHBkYGBocISo737Won5uZmJianaKrvVYzJx8bGRgYGh0jLD/Osaaem5mYmJqdpK3DSi8lHhsZGBgaHiQvSMWupJ6amJiZm56lsMxBLSMdGhgYGRseJjJSvqyinZqYmJmbn6e02zwrIRwaGBgZHB8oNme6qqCcmZiYmZygqbh7OCkgHBkYGBkcISo65Laonw==',
} as const;

/** y = 2 sin(x − 0.7) */
const wave = [
  [-4.5, 1.767],
  [-3.4, 1.637],
  [-2.6, 0.315],
  [-1.5, -1.617],
  [-0.5, -1.864],
  [0.4, -0.591],
  [1.3, 1.129],
  [2.4, 1.983],
  [3.5, 0.67],
  [4.6, -1.376],
] as const;

/** From `test/fixtures/glyphs`: two drawings each of an anchor and of a knot. */
const drawings = {
  anchor:
    'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAGkAAABpAQMAAAADTJ95AAAABlBMVEX///8AAABVwtN+AAAACXBIWXMAAAsTAAALEwEAmpwYAAAApUlEQVQ4y2NgGAWEQAMKj/EAnbgMVOQ+wM1l/4HK/f/vAcMPBP8/ECBxGVG5eE0etNyEAeCyoHL58HLZULnsmFygjySwc5kbwFwLorigJEeQa4AUjJjcAhzcAmxcuC8sYOqxcmWwcBG5gw+UvHFy2UFcZnieZW9A4TIfAKpkRyTnB0AuPyJof/z/zyCH4Nb////BBsGV/4OW+BnqP6BwmRuGaREIAMWZXUO4giBsAAAAAElFTkSuQmCC',
  knot: 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAGkAAABpAQMAAAADTJ95AAAABlBMVEX///8AAABVwtN+AAAACXBIWXMAAAsTAAALEwEAmpwYAAAA60lEQVQ4y+2UMQ6DMAxFHUVqNnIB1FwjQ6VciZGhErlBr5SjsHVlZEBNMSnBRoC6tBMeLF6wHQf/AHDaH615UZIxBoK6dz2NBUGjBwBHUlsAtSTjIy59zKDrMt7Q1RnrvDZZha7MOFUpZhLhCKVHf+GovkTYyF1hsYPCb3RV7mA6keXntfxrVBktxzIXgHlLsaDOu6Up+LnT1EdLjpsGUhC8A1wJOjqTsXQgAxzLdmRbVIOkygH38BR1ZKoTa+yYCp+RJmvfRNaWiuT9qEKziFZhIZfRBC52RrJnqNuj2IGh4bGO3yl7/lZ+bm+ISD8xdbJarQAAAABJRU5ErkJggg==',
  anotherAnchor:
    'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAGkAAABpAQMAAAADTJ95AAAABlBMVEX///8AAABVwtN+AAAACXBIWXMAAAsTAAALEwEAmpwYAAAAo0lEQVQ4y+3TvQ2DMBAF4DMu6PACSKxASZdVPIJHYDSP4hEoKaJcHCRH9wwC8SOa5OTCX2FZuntH9BNVIMs91GfY30LDnJH9ihXzIOkNEj66jXQhw0Eq5KfJm+zS24x+ByljmNEK2um0iW6JLrFFdqusl2gTq+n+7YBBlsjYHSdGrD1QBSCNkSLSjxhQwSbmW2ylZn5WsLH8gok2IwZtoH+dqjcsaFGANpeaGgAAAABJRU5ErkJggg==',
  anotherKnot:
    'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAGkAAABpAQMAAAADTJ95AAAABlBMVEX///8AAABVwtN+AAAACXBIWXMAAAsTAAALEwEAmpwYAAABBElEQVQ4y+2UQQ6DIBBFMS7YwQWMXsOF0at4BJcumtajcRSO4NKFKcWhhfkmmqZdtpNIfMjM/BlAIX7COjcxypybGcpV3hlqIzq2uvULbMLRuzPnOUw9LTd+aFLgLYxKgWkuoopLyAoKELEmoeYABxp3GFX2iPYN7L/Ao7zDKdZYwq7A4hSpddkEjU2tk4j0ltpOURKSIIUbqmC7Q/JgDWIZ64g6BnauTAj3SmxZ9ZQpFeTtwiR7q9jR2EJPmp/n3JZwvpcG8DYCVjNgvgBKB6grLlK0cDd8Pxz77G+CdlyVEG5lmv3jYo0dKYveK+x/hhKlwQImwOtZOdqiK/4ICvG3D+wBOPhPHZVwERsAAAAASUVORK5CYII=',
} as const;

export const examples = {
  adapt: {
    texts: {
      task: 'requests',
      summary: 'Texts: what a message asks for (for a new task, such as requests)',
      value: {
        model: 'text',
        support: [
          { label: 'card_lost', input: 'I lost my card' },
          { label: 'card_lost', input: 'Somebody took my card on the train' },
          { label: 'balance', input: 'How much money do I have?' },
          { label: 'balance', input: 'What is left on my account?' },
        ],
      },
    },
    rows: {
      task: 'customers',
      summary: 'Rows of a table (for a new task, such as customers)',
      value: {
        model: 'rows',
        support: [
          { label: 'basic', input: { age: 31, city: 'Rome', member: true } },
          { label: 'full', input: { age: 62, city: 'Oslo', member: false } },
          { label: 'basic', input: { age: 28, city: 'Rome', member: null } },
          { label: 'full', input: { age: 70, city: 'Oslo', member: false } },
        ],
      },
    },
    sounds: {
      task: 'tones',
      summary: 'Sounds: two tones (for a new task, such as tones)',
      value: {
        model: 'speech',
        support: [
          { label: 'low', input: tones.low },
          { label: 'high', input: tones.high },
        ],
      },
    },
    wave: {
      task: 'wave',
      summary: 'Regression: a wave through ten points (for a new task, such as wave)',
      value: {
        model: 'sinusoid-maml',
        support: wave.map(([x, y]) => ({ input: [x], target: [y] })),
      },
    },
    drawings: {
      task: 'runes',
      summary: 'Classification: two drawings (for a new task, such as runes)',
      value: {
        model: 'omniglot-protonets',
        support: [
          { label: 'anchor', input: drawings.anchor },
          { label: 'knot', input: drawings.knot },
        ],
      },
    },
  },
  predict: {
    texts: {
      summary: 'Two more texts (for the task requests)',
      value: { inputs: ['My card is gone', 'How much is left?'] },
    },
    rows: {
      summary: 'Two more rows (for the task customers)',
      value: {
        inputs: [
          { age: 30, city: 'Rome', member: true },
          { age: 66, city: 'Bern', member: null },
        ],
      },
    },
    sounds: { summary: 'Another tone (for the task tones)', value: { inputs: [tones.anotherLow] } },
    wave: { summary: 'Values between the points (for the task wave)', value: { inputs: [[0], [1], [2]] } },
    drawings: {
      summary: 'Two more drawings (for the task runes)',
      value: { inputs: [drawings.anotherAnchor, drawings.anotherKnot] },
    },
  },
};
