# SPDX-License-Identifier: MIT
# usage: gnuplot -c throughput.gnuplot <data> <svg>
set terminal svg size 1000,480 font "sans-serif,13" background "white"
set output ARG2
set title "Speed of parsing, as a multiple of one memchr per line (in cache, chunks of 16 KiB)\n{/*0.85 No bar: the answer was wrong}"
set style data histogram
set style histogram clustered gap 1.5
set style fill solid noborder
set boxwidth 0.95
set logscale y 10
set yrange [0.001:10]
set format y "%g"
set ylabel "times memchr per line, logarithmic"
set grid ytics lc rgb "#dddddd" lw 1
set border 3 lc rgb "#666666"
set tics nomirror
set xtics scale 0
set key outside bottom center horizontal reverse Left samplen 1
set datafile separator tab
set datafile missing "?"
colours = "#0b6e4f #4c9f70 #e09f3e #c8553d #9e2a2b #3d5a80 #6c757d #adb5bd"
columns = int(system("head -n 1 '" . ARG1 . "' | awk -F '\t' '{ print NF }'"))
plot 1 with lines lc rgb "#333333" dt 2 notitle, \
  for [i = 2:columns] ARG1 using i:xtic(1) title columnheader(i) lc rgb word(colours, i - 1)
