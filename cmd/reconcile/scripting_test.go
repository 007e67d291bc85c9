package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/manual"
	"batchcomplete/internal/recon"
)

// TestTheProgramPrintsWhatTheScriptingPageSays holds what --json prints against
// docs/scripting.md, all keys and both ways.
func TestTheProgramPrintsWhatTheScriptingPageSays(t *testing.T) {
	sections, err := manual.Documented("../../docs/scripting.md")
	if err != nil {
		t.Fatal(err)
	}
	holds := func(o outcome, section string) {
		t.Helper()
		keys, err := manual.Keys([]byte(o.out), "tieOut.states")
		want := slices.Sorted(slices.Values(sections[section]))
		if err != nil || len(want) == 0 || !slices.Equal(keys, want) {
			t.Errorf("%s: %v, the page has %v; %v", section, keys, want, err)
		}
	}
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	makeCheckpoint(t, in("a.db"), "bills", 1, batch.Completed, batch.Completed, batch.Unknown)
	s := oldStatement(t, in("s.txt"), "1", "7")
	holds(call(t, day20, "--db", in("a.db"), "--statement", s, "--carry", in("carry.jsonl"), "--out", in("r.xlsx"), "--json").want(t, cli.Doubt), "reconcile: --json")
	f, err := os.Open(in("carry.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	open, err := recon.ReadCarry(f, "test")
	if err != nil || len(open.Breaks) == 0 {
		t.Fatal(open, err)
	}
	holds(call(t, day20, "--env", "test", "--carry", in("carry.jsonl"), "--explain", open.Breaks[0].Key, "--note", "checked", "--json").want(t, cli.OK), "reconcile --explain: --json")
}
