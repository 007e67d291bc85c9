package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/cli"
)

// TestACheckpointThatIsNotUsedComesWithWhatToDoAboutIt spoils the bytes of one.
func TestACheckpointThatIsNotUsedComesWithWhatToDoAboutIt(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(whole []byte) []byte
		says  string
	}{
		"newer":            {func(b []byte) []byte { b[63] = 99; return b }, "run the version that wrote it"}, // SQLite's user_version
		"foreign":          {func(b []byte) []byte { b[71]++; return b }, "check that --db names the checkpoint"},
		"damaged":          {func(b []byte) []byte { copy(b[2*4096:], bytes.Repeat([]byte{0xff}, len(b)-2*4096)); return b }, "restore a backup"},
		"no SQLite at all": {func([]byte) []byte { return []byte("billNo,totalAmount\n") }, "restore a backup"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "a.db")
			makeCheckpoint(t, path, "bills", 1, batch.Completed)
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, c.spoil(text), 0o600); err != nil {
				t.Fatal(err)
			}
			o := call(t, day20, "--db", path, "--carry", "none", "--out", filepath.Join(dir, "r.xlsx")).want(t, cli.Failed)
			if !strings.Contains(o.errors, c.says) || !strings.Contains(o.errors, "opening the checkpoint "+path) {
				t.Errorf("%s", o.errors)
			}
		})
	}
}
