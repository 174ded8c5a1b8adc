/**
 * Complete example bodies: a wave through ten points, and two drawings of invented signs. The documentation page shows them,
 * and tests send each of them to the package that it names.
 */

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
    wave: {
      summary: 'Regression: a wave through ten points',
      value: {
        model: 'sinusoid-maml',
        support: wave.map(([x, y]) => ({ input: [x], target: [y] })),
      },
    },
    drawings: {
      summary: 'Classification: two drawings (use a new task name, such as runes)',
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
    wave: { summary: 'Values between the points', value: { inputs: [[0], [1], [2]] } },
    drawings: {
      summary: 'Two more drawings (for the task runes)',
      value: { inputs: [drawings.anotherAnchor, drawings.anotherKnot] },
    },
  },
};
