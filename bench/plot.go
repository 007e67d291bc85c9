package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
)

// point is one run of the growth.
type point struct{ rows, seconds, mebibytes float64 }

// The plot's own measures, in pixels.
const (
	width, height = 640, 300
	left, right   = 70, 50
	top, bottom   = 30, 40
)

// plot draws time and memory by rows beside the document, both axes logarithmic:
// what is linear in rows rises by one decade a decade.
func (b *bench) plot(points []point) error {
	if b.doc == "" {
		return nil
	}
	var svg strings.Builder
	fmt.Fprintf(&svg, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+"\n", width, 2*height)
	fmt.Fprintf(&svg, `<rect width="%d" height="%d" fill="white"/>`+"\n", width, 2*height)
	panel(&svg, 0, "seconds for the whole run", points, func(p point) float64 { return p.seconds })
	panel(&svg, height, "peak memory in MiB", points, func(p point) float64 { return p.mebibytes })
	svg.WriteString("</svg>\n")
	return os.WriteFile(filepath.Join(filepath.Dir(b.doc), "performance.svg"), []byte(svg.String()), 0o644)
}

// scale maps the decades around some values onto a stretch of pixels.
type scale struct{ low, high, from, to float64 }

func decades(values []float64, from, to float64) scale {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		low, high = min(low, math.Floor(math.Log10(v))), max(high, math.Ceil(math.Log10(v)))
	}
	return scale{low, max(high, low+1), from, to}
}

func (s scale) at(v float64) float64 {
	return s.from + (math.Log10(v)-s.low)/(s.high-s.low)*(s.to-s.from)
}

func (s scale) ticks() []float64 {
	var all []float64
	for e := s.low; e <= s.high; e++ {
		all = append(all, math.Pow(10, e))
	}
	return all
}

func panel(svg *strings.Builder, down float64, title string, points []point, value func(point) float64) {
	var rows, values []float64
	for _, p := range points {
		rows, values = append(rows, p.rows), append(values, value(p))
	}
	x, y := decades(rows, left, width-right), decades(values, down+height-bottom, down+top)
	fmt.Fprintf(svg, `<text x="%d" y="%g" font-weight="bold">%s, by rows of CSV</text>`+"\n", left, down+18, title)
	for _, tick := range x.ticks() {
		fmt.Fprintf(svg, `<path d="M%.1f %.1fV%.1f" stroke="#ddd"/><text x="%.1f" y="%.1f" text-anchor="middle">%s</text>`+"\n", x.at(tick), y.from, y.to, x.at(tick), y.from+16, number(tick))
	}
	for _, tick := range y.ticks() {
		fmt.Fprintf(svg, `<path d="M%.1f %.1fH%.1f" stroke="#ddd"/><text x="%.1f" y="%.1f" text-anchor="end">%g</text>`+"\n", x.from, y.at(tick), x.to, x.from-6, y.at(tick)+4, tick)
	}
	var line []string
	for i := range points {
		line = append(line, fmt.Sprintf("%.1f,%.1f", x.at(rows[i]), y.at(values[i])))
		fmt.Fprintf(svg, `<circle cx="%.1f" cy="%.1f" r="3" fill="#1f4e78"/><text x="%.1f" y="%.1f" text-anchor="middle">%.3g</text>`+"\n", x.at(rows[i]), y.at(values[i]), x.at(rows[i]), y.at(values[i])-9, values[i])
	}
	fmt.Fprintf(svg, `<polyline points="%s" fill="none" stroke="#1f4e78" stroke-width="2"/>`+"\n", strings.Join(line, " "))
}
