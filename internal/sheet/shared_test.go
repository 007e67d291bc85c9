package sheet

import (
	"errors"
	"strings"
	"testing"

	"batchcomplete/internal/sheet/sheettest"
)

// TestASharedTextComesBackAsItWas, whatever stands before and behind it in its
// piece: millions of short ones, and some that are longer than a piece.
func TestASharedTextComesBackAsItWas(t *testing.T) {
	lengths := []int{0, 1, 2, 127, 128, 300, 16_384, 131_068, 3}
	var all texts
	const n = 2_000
	text := func(i int) string { return strings.Repeat(string(rune('a'+i%26)), lengths[i*7%len(lengths)]+i%3) }
	for i := range n {
		if err := all.add(text(i)); err != nil {
			t.Fatal(i, err)
		}
	}
	for i := range n {
		if all.at(i) != text(i) {
			t.Fatalf("text %d came back as %.20q, and was %.20q", i, all.at(i), text(i))
		}
	}
	if all.len() != n || len(all.pieces) < 2 {
		t.Errorf("%d texts in %d pieces", all.len(), len(all.pieces))
	}
}

// TestSharedTextsHaveABound in their number and in their bytes.
func TestSharedTextsHaveABound(t *testing.T) {
	var refusal *Refusal
	full := texts{count: maxShared - 1, starts: make([]uint32, maxShared/run+1), pieces: [][]byte{nil}}
	if err := full.add("x"); err != nil {
		t.Error(err)
	}
	if err := full.add("x"); !errors.As(err, &refusal) || refusal.Key != "sheet.toolarge" {
		t.Error("one more than may be:", err)
	}
	heavy := texts{bytes: maxSharedLen - 1}
	if err := heavy.add("x"); err != nil {
		t.Error(err)
	}
	if err := heavy.add("x"); !errors.As(err, &refusal) || refusal.Key != "sheet.toolarge" {
		t.Error("one byte more than may be:", err)
	}
}

// TestAWorkbookThatSaysItHasTooManySharedTextsIsNotReadAtAll: honest files are
// refused before the millions are read.
func TestAWorkbookThatSaysItHasTooManySharedTextsIsNotReadAtAll(t *testing.T) {
	for count, want := range map[string]string{"12000000": "", "12000001": "sheet.toolarge", "no number": ""} {
		book := sheettest.Book{Sheets: [][2]string{{"a", sheettest.Rows([]string{sheettest.Text("x")})}}, Shared: []string{"<t>x</t>"},
			Parts: map[string]string{"xl/sharedStrings.xml": `<sst count="99000000" uniqueCount="` + count + `"><si><t>x</t></si></sst>`}}
		_, err := read(t, book.Write(t), "")
		var refusal *Refusal
		if errors.As(err, &refusal); err != nil && refusal == nil || (refusal == nil) != (want == "") || refusal != nil && refusal.Key != want {
			t.Errorf("%s: %v, want %q", count, err, want)
		}
	}
}
