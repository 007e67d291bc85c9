package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"batchcomplete/internal/sheet/sheettest"
)

// TestWhatAWorkbookComesToIsHeldAgainstWhatWasReadOfIt has each bound just kept
// and just broken: in one stretch, in a later one, and behind what was packed
// badly, which excuses nothing.
func TestWhatAWorkbookComesToIsHeldAgainstWhatWasReadOfIt(t *testing.T) {
	for name, c := range map[string]struct {
		add        func(*meter, int) error
		many, most int
	}{
		"bytes":        {(*meter).addBytes, manyBytes, maxRatio},
		"tokens":       {(*meter).addTokens, manyTokens, maxDensity},
		"shared texts": {(*meter).addShared, muchWritten, maxRatio},
	} {
		for stretches := range 3 {
			packed := &thrift{}
			m := &meter{packed: packed}
			for range stretches { // honest ones
				packed.read += 10 * int64(c.many)
				if err := c.add(m, c.many); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
			}
			if err := c.add(m, c.many-1); err != nil {
				t.Errorf("%s, %d stretches: as much as a small file may have: %v", name, stretches, err)
			}
			var refusal *Refusal
			if err := c.add(m, 1); !errors.As(err, &refusal) || refusal.Key != "sheet.tight" {
				t.Errorf("%s, %d stretches, and one out of nothing: %v", name, stretches, err)
			}
			packed.read += int64(c.many/c.most + 1)
			if err := c.add(m, 0); err != nil {
				t.Errorf("%s, %d stretches: within the bound: %v", name, stretches, err)
			}
		}
	}
}

// TestMuchInLittleSpaceIsRefused: each file passes for honest by its
// directory.
func TestMuchInLittleSpaceIsRefused(t *testing.T) {
	for _, name := range []string{"cells by the million beside what cannot be packed", "cells by the million behind what cannot be packed", "elements by the million that nobody reads", "long texts behind what cannot be packed"} {
		path := bombs[name](t)
		f, err := Open(path, "")
		if err != nil {
			t.Fatalf("%s: the directory gives it away: %v", name, err)
		}
		rows := 0
		for _, e := range f.Rows("a") {
			rows, err = rows+1, e
		}
		_ = f.Close()
		var refusal *Refusal
		if !errors.As(err, &refusal) || refusal.Key != "sheet.tight" || rows > 10_000 {
			t.Errorf("%s: %d rows, %v", name, rows, err)
		}
	}
}

// TestAHugeTextThatEveryCellRefersToIsRefused long before all of it was handed
// out.
func TestAHugeTextThatEveryCellRefersToIsRefused(t *testing.T) {
	f, err := Open(bombs["a huge text that every cell refers to"](t), "")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows := 0
	for _, e := range f.Rows("a") {
		rows, err = rows+1, e
	}
	var refusal *Refusal
	if !errors.As(err, &refusal) || refusal.Key != "sheet.tight" || rows > 2_000 {
		t.Errorf("%d rows, %v", rows, err)
	}
}

// TestAMillionRowsThatAreAllTheSameAreRead, or as many as it takes to show it: what
// spreadsheet programs write of them is packed as tightly as honest files are.
func TestAMillionRowsThatAreAllTheSameAreRead(t *testing.T) {
	const columns = 12
	cells := map[string]string{
		"shared texts":       `<c r="%s%d" s="3" t="s"><v>0</v></c>`,
		"blanks with colour": `<c r="%s%d" s="3"/>`,
		"formulas":           `<c r="%s%d"><f>ROUND(SUM($A$1:$A$100)*0.0065,2)</f><v>123.45</v></c>`,
		"texts written out":  `<c r="%s%d" t="inlineStr"><is><t xml:space="preserve">预授权完成 预授权完成 预授权完成</t></is></c>`,
	}
	const rows = 40_000 // more tags than a small file may have for nothing
	for name, cell := range cells {
		if testing.Short() && name != "shared texts" {
			continue
		}
		var b bytes.Buffer
		for r := 1; r <= rows; r++ {
			fmt.Fprintf(&b, `<row r="%d" spans="1:12" x14ac:dyDescent="0.25">`, r)
			for i := range columns {
				fmt.Fprintf(&b, cell, Column(i), r)
			}
			b.WriteString("</row>")
		}
		path := sheettest.Book{Sheets: [][2]string{{"a", "<sheetData>" + b.String() + "</sheetData>"}}, Shared: []string{"<t>" + strings.Repeat("备注", 20) + "</t>"}}.Write(t)
		if err := readThrough(path); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
