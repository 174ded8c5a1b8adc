#!/bin/sh
# Speaks words with espeak-ng, for training heads over the speech encoder:
#
#     sh bench/encoders/speak-words.sh data/audio/words
#
# Writes <folder>/<word>/<voice>-<speed>.wav: 60 words that are no digits, in 5 voices at 3 speeds.
set -e
folder=$1
words='yes no stop start left right up down forward backward open close red green blue yellow orange black white morning
evening summer winter monday friday january london paris water coffee bread apple banana garden window table kitchen
doctor teacher engine battery signal network password delete cancel confirm repeat louder quiet music camera message
answer weather station airport holiday football piano mountain river'
for word in $words; do
  mkdir -p "$folder/$word"
  for voice in en-us en-gb en-gb-scotland en-us+f3 en-gb+m4; do
    for speed in 130 165 200; do
      espeak-ng -v "$voice" -s "$speed" -w "$folder/$word/$voice-$speed.wav" "$word"
    done
  done
done
