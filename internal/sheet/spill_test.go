package sheet

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestNothingOfALargeSheetIsLeftWhereItWasSpilled: a run that is killed at any
// moment leaves no plain text of it behind.
func TestNothingOfALargeSheetIsLeftWhereItWasSpilled(t *testing.T) {
	tmp, path := t.TempDir(), filepath.Join(t.TempDir(), "large.xlsx")
	t.Setenv("TMPDIR", tmp)
	b := NewBook("t")
	const rows = 15_000
	s := b.Sheet("一", Layout{Rows: rows, Columns: 10})
	cell, most := TextCell(strings.Repeat("x", 200)), 0
	for range rows {
		s.Row(cell, cell, cell, cell, cell, cell, cell, cell, cell, cell)
		if s.written%50 == 0 {
			most = max(most, len(filesIn(t, tmp)))
		}
		if s.written%between == 0 && len(filesIn(t, tmp)) != 0 {
			t.Fatalf("after %d rows: %v", s.written, filesIn(t, tmp))
		}
	}
	s.Done()
	if left := filesIn(t, tmp); len(left) != 0 || most == 0 {
		t.Errorf("%v; there were %d at most", left, most)
	}
	if err := b.Save(path); err != nil {
		t.Fatal(err)
	}
	got, err := read(t, path, "")
	if err != nil || len(got) != rows || got[rows-1].Cells[9].Text != cell.text {
		t.Errorf("%d rows, %v", len(got), err)
	}
	if left, _ := os.ReadDir(tmp); len(left) != 0 {
		t.Errorf("%v", left)
	}
}

func filesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestAMarkedCopyLeavesNothingWhereItWasSpilled(t *testing.T) {
	tmp, path := t.TempDir(), filepath.Join(t.TempDir(), "check.xlsx")
	from := accountants(t)
	t.Setenv("TMPDIR", tmp)
	large := List{Name: "问题", Head: []string{"a"}, Widths: []int{10}}
	for range 90_000 {
		large.Rows = append(large.Rows, []string{strings.Repeat("x", 250)})
	}
	if _, err := Annotate(from, "", path, nil, large); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(tmp); len(left) != 0 {
		t.Errorf("%v", left)
	}
}
