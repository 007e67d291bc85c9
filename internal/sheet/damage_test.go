package sheet

import (
	"errors"
	"os"
	"reflect"
	"testing"

	"batchcomplete/internal/sheet/sheettest"
)

// TestAFlippedBitChangesNothingInSilence has one bit of each byte of a workbook
// another, in the packed parts and between them: the file is refused, or every
// cell of it is as it was.
func TestAFlippedBitChangesNothingInSilence(t *testing.T) {
	book := sheettest.Book{Formats: []string{"0.00", "000000"}, Shared: []string{"<t>甲</t>", "<t>012345</t>"}, Sheets: [][2]string{{"a", sheettest.Rows(
		[]string{sheettest.Text("账单号"), sheettest.Number("1000.08", 1), sheettest.Cell(`t="s"`, "<v>1</v>")},
		[]string{sheettest.Text("124F20261120000001"), sheettest.Number("19.08", 1), sheettest.Number("12345", 2)})}}}
	content, err := os.ReadFile(book.Write(t))
	if err != nil {
		t.Fatal(err)
	}
	want, err := read(t, file(t, content), "")
	if err != nil {
		t.Fatal(err)
	}
	path := file(t, content)
	refused := 0
	for i := range content {
		content[i] ^= 1 << (i % 8)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		content[i] ^= 1 << (i % 8)
		got, err := read(t, path, "")
		var refusal *Refusal
		switch {
		case errors.As(err, &refusal):
			refused++
		case err != nil:
			t.Fatalf("bit %d of byte %d: %v", i%8, i, err)
		case !reflect.DeepEqual(got, want):
			t.Fatalf("bit %d of byte %d: %+v", i%8, i, got)
		}
	}
	if refused < len(content)/2 {
		t.Errorf("of %d bits only %d were missed", len(content), refused)
	}
}

// TestASizeThatIsALieIsRefused: a lenient reader gives an empty sheet for the one,
// and takes 3 GB of memory for the other.
func TestASizeThatIsALieIsRefused(t *testing.T) {
	for size, want := range map[uint64]string{10: "sheet.damaged", 3 << 30: "sheet.toolarge"} {
		_, err := read(t, lying(t, size), "")
		var refusal *Refusal
		if !errors.As(err, &refusal) || refusal.Key != want {
			t.Errorf("%d: %v", size, err)
		}
	}
}
