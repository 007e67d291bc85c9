package checkpoint

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestWhatWasHandedBackIsRememberedAndTheOneBefore: of each path, and by the next
// run too.
func TestWhatWasHandedBackIsRememberedAndTheOneBefore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	db := open(t, path)
	hash := func(c string) string { return strings.Repeat(c, 64) }
	for _, h := range []string{"a", "b", "c"} {
		if err := db.HandBack(ctx, "/in/x.results.xlsx", hash(h)); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, path)
	got, err := again.HandedBack(ctx, "/in/x.results.xlsx")
	if err != nil || !slices.Equal(got, []string{hash("c"), hash("b")}) {
		t.Errorf("%v %v", got, err)
	}
	if got, err := again.HandedBack(ctx, "/in/y.results.xlsx"); err != nil || got != nil {
		t.Errorf("%v %v", got, err)
	}
}
