package main

import (
	"cmp"
	"flag"
	"testing"

	"github.com/spf13/cobra"

	"batchcomplete/internal/lang"
	"batchcomplete/internal/manual"
)

// make share runs TestManualPages with this flag.
var manualDir = flag.String("manual", "", "write the manual pages into this folder")

// TestManualPages writes a page for every command in both languages, and finds every flag in it.
func TestManualPages(t *testing.T) {
	program := func(l lang.Lang) *cobra.Command { return (&app{lang: l}).root() }
	pages, lacking, err := manual.Written(program, cmp.Or(*manualDir, t.TempDir()))
	if err != nil || len(lacking) > 0 || pages < 2 {
		t.Errorf("%d pages, which lack %q, %v", pages, lacking, err)
	}
}
