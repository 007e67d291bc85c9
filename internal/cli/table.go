package cli

import (
	"io"
	"strings"

	"github.com/mattn/go-runewidth"
)

// Table prints rows of cells in columns that line up on a terminal, Chinese
// characters counted as two. The first row is the heading. Columns whose index
// is in right are aligned to the right, as numbers are.
func Table(w io.Writer, rows [][]string, right ...int) error {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], runewidth.StringWidth(OneLine(cell)))
		}
	}
	toRight := map[int]bool{}
	for _, i := range right {
		toRight[i] = true
	}
	var b strings.Builder
	for _, row := range rows {
		for i, cell := range row {
			cell = OneLine(cell)
			pad := strings.Repeat(" ", widths[i]-runewidth.StringWidth(cell))
			switch {
			case toRight[i]:
				b.WriteString(pad + cell)
			case i == len(row)-1:
				b.WriteString(cell)
			default:
				b.WriteString(cell + pad)
			}
			if i < len(row)-1 {
				b.WriteString("  ")
			}
		}
		b.WriteString("\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
