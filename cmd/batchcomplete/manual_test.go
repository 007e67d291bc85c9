package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"batchcomplete/internal/lang"
	"batchcomplete/internal/manual"
)

// make share runs TestManualPages with this flag.
var manualDir = flag.String("manual", "", "write the manual pages into this folder")

// TestManualPages writes a page for every command in both languages, and finds every flag in it.
func TestManualPages(t *testing.T) {
	dir := *manualDir
	if dir == "" {
		dir = t.TempDir()
	}
	pages := 0
	for l, folder := range map[lang.Lang]string{lang.Zh: "zh_CN/man1", lang.En: "man1"} {
		root := (&app{lang: l}).root()
		if err := manual.Pages(root, dir, l); err != nil {
			t.Fatal(err)
		}
		_ = manual.Each(root, func(c *cobra.Command) error {
			text, err := os.ReadFile(filepath.Join(dir, folder, manual.PageName(c)))
			if err != nil {
				t.Fatal(err)
			}
			pages++
			page := strings.NewReplacer(`\-`, "-", `\(ti`, "~").Replace(string(text))
			c.Flags().VisitAll(func(f *pflag.Flag) {
				if !strings.Contains(page, "--"+f.Name) {
					t.Errorf("%s: the page does not have --%s", c.CommandPath(), f.Name)
				}
			})
			if !strings.Contains(page, l.T("cli.exit.11")) {
				t.Errorf("%s: the page does not have the exit codes in %s", c.CommandPath(), l)
			}
			return nil
		})
	}
	if pages < 2*12 {
		t.Errorf("only %d pages were written", pages)
	}
}
