//go:build ignore

// Leaves one sheet of a workbook, set up to be printed on one page across, without the columns of these headings, so that
// a picture of it can be read: go run samples/fit.go FILE SHEET HEADING... For make pictures.
package main

import (
	"os"
	"slices"

	"github.com/xuri/excelize/v2"
)

func main() {
	f, err := excelize.OpenFile(os.Args[1])
	check(err)
	sheet := os.Args[2]
	for _, other := range f.GetSheetList() {
		if other != sheet {
			check(f.DeleteSheet(other))
		}
	}
	fit, across, down, landscape := true, 1, 0, "landscape"
	check(f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}))
	check(f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Orientation: &landscape, FitToWidth: &across, FitToHeight: &down}))
	rows, err := f.GetRows(sheet)
	check(err)
	for _, row := range rows[:5] {
		for i, heading := range row {
			if slices.Contains(os.Args[3:], heading) {
				column, err := excelize.ColumnNumberToName(i + 1)
				check(err)
				check(f.SetColVisible(sheet, column, false))
			}
		}
	}
	check(f.Save())
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
