#!/bin/sh
# The pictures of the README, from the demo's own output: make_images.sh (after `make demo SERVE=0`).
# Wants pdftoppm, chromium, rsvg-convert and convert; a developer's tool, not part of the set-up.
set -eu
cd "$(dirname "$0")/.."
out=docs/images
mkdir -p $out
page() { # PDF PAGE NAME
    pdftoppm -r 60 -f "$2" -l "$2" -singlefile -png "$1" "$out/$3"
    convert "$out/$3.png" -bordercolor '#bbbbbb' -border 1 -colors 64 PNG8:"$out/$3.png"
}
page demo/iran-2025/letter-AP2.pdf 1 letter-fa
page demo/iran-2025/letter-AP3.pdf 1 letter-en
page demo/iran-2025/situation-fa.pdf 2 situation-fa
page demo/iran-2025/situation-en.pdf 2 situation-en
for chart in executions-en; do
    rsvg-convert -w 900 -b white demo/iran-2025/$chart.svg -o $out/$chart.png
    convert $out/$chart.png -colors 64 PNG8:$out/$chart.png
done
rsvg-convert -w 900 -b white demo/synthetic/series-fa.svg -o $out/series-fa.png
convert $out/series-fa.png -colors 64 PNG8:$out/series-fa.png
