//go:build ignore

// Sets up a workbook's first sheet to be printed on one page across, without the columns of these headings, so that a
// picture of it can be read: go run samples/fit.go FILE HEADING... For make pictures.
package main

import (
	"os"
	"slices"

	"github.com/xuri/excelize/v2"
)

func main() {
	f, err := excelize.OpenFile(os.Args[1])
	check(err)
	sheet := f.GetSheetName(0)
	fit, across, down, landscape := true, 1, 0, "landscape"
	check(f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}))
	check(f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Orientation: &landscape, FitToWidth: &across, FitToHeight: &down}))
	rows, err := f.GetRows(sheet)
	check(err)
	for _, row := range rows[:5] {
		for i, heading := range row {
			if slices.Contains(os.Args[2:], heading) {
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
