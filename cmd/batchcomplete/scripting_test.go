package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/manual"
	"batchcomplete/internal/sandbox"
)

const scriptingPage = "../../docs/scripting.md"

// page holds what the program prints against docs/scripting.md.
type page struct {
	sections map[string][]string
	held     map[string]bool // the sections that something was held against
	commands map[string]bool // the commands that were called
}

// holds compares the keys of a text, all of them and both ways, with those of
// some sections.
func (p page) holds(t *testing.T, text string, sections ...string) {
	t.Helper()
	var want []string
	for _, name := range sections {
		if p.sections[name] == nil {
			t.Fatalf("the page has no section %q with a table", name)
		}
		p.held[name] = true
		want = append(want, p.sections[name]...)
	}
	slices.Sort(want)
	got, err := manual.Keys([]byte(text), "states", "row", "batch.settings")
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, key := range got {
		if !slices.Contains(want, key) {
			t.Errorf("%s: the page does not have `%s`", sections[0], key)
		}
	}
	for _, key := range want {
		if !slices.Contains(got, key) {
			t.Errorf("%s: the page has `%s`, and the program printed none", sections[0], key)
		}
	}
}

// command calls a command with --json and holds what it prints against its
// section.
func (p page) command(t *testing.T, name string, code cli.Code, args []string, sections ...string) {
	t.Helper()
	p.commands[name] = true
	line := append(append(strings.Fields(name), args...), "--json")
	o := call(t, line...).want(t, code)
	if strings.Count(o.out, "\n") != 1 {
		t.Errorf("%s: not one line: %q", name, o.out)
	}
	if len(sections) == 0 {
		sections = []string{name + ": --json"}
	}
	p.holds(t, o.out, sections...)
}

// TestEveryCommandPrintsWhatTheScriptingPageSays runs each command with --json
// over the life of one batch.
func TestEveryCommandPrintsWhatTheScriptingPageSays(t *testing.T) {
	sections, err := manual.Documented(scriptingPage)
	if err != nil {
		t.Fatal(err)
	}
	p := page{sections, map[string]bool{}, map[string]bool{}}
	dir := t.TempDir()
	server := startGateway(t, sandbox.Options{Behaviour: func(r sandbox.Request) sandbox.Fault {
		switch {
		case r.Operation == sandbox.Completion && r.Amount == 1001:
			return sandbox.Named("NO_BILL")
		case r.Operation == sandbox.Completion && r.Amount == 1002:
			return sandbox.Named("SYSTEM_BUSY, not executed")
		}
		return sandbox.Fault{}
	}})
	config := put(t, filepath.Join(dir, "config.yaml"), "env: test\nrequire_approval: true\n")
	input, db, archive := manyBills(t, dir, "LIFE", 3, plainAmount), []string{"--env", "test", "--db", filepath.Join(dir, "test.db")}, filepath.Join(dir, "archive")
	with := func(more []string, args ...string) []string { return append(args, more...) }
	sending := append(at(dir, server), "--config", config, "--resolve-for", "1ms")
	const run = "run, retry, resolve, status: --json"

	p.command(t, "template", cli.OK, []string{filepath.Join(dir, "template.xlsx")})
	p.command(t, "config check", cli.OK, []string{"--config", config})
	p.command(t, "config show", cli.OK, []string{"--config", config})
	p.command(t, "version", cli.OK, nil)

	as(t, "alice")
	call(t, with(sending, "run", input)...).want(t, cli.TimeUp) // all of it waits for a second person
	as(t, "bob")
	p.command(t, "approve", cli.OK, with(db, "LIFE"))
	p.command(t, "run", cli.Doubt, with(sending, input), run)
	p.command(t, "retry", cli.Doubt, with(sending, "LIFE", "--code", "NO_BILL"), run)
	asking := slices.DeleteFunc(slices.Clone(sending), func(arg string) bool { return arg == "--yes" }) // it sends nothing, and so never asks
	p.command(t, "resolve", cli.Doubt, with(asking, "LIFE"), run)
	p.command(t, "status", cli.OK, db, run)
	bill := "124FLIFE" + strings.Repeat("0", 13) + "2"
	p.command(t, "show", cli.OK, with(db, bill))
	p.command(t, "decide", cli.OK, with(db, bill, "--as", "completed", "--reason", "seen on the portal"))

	rows := "rows: --format csv or json"
	p.commands["rows"], p.held[rows] = true, true
	if header, _, _ := strings.Cut(call(t, with(db, "rows", "--format", "csv")...).want(t, cli.OK).out, "\n"); header != strings.Join(sections[rows], ",") {
		t.Errorf("rows: the header is %s", header)
	}
	keys, err := manual.Keys([]byte(call(t, with(db, "rows", "--format", "json")...).want(t, cli.OK).out))
	var want []string
	for _, column := range sections[rows] {
		want = append(want, "[]."+column)
	}
	slices.Sort(want)
	if !slices.Equal(keys, want) {
		t.Errorf("rows: %v, %v", keys, err)
	}

	another := put(t, filepath.Join(dir, "again.csv"), strings.ReplaceAll(read(t, input), "124FLIFE"+strings.Repeat("0", 13)+"1,", "124FNEW,")+
		"合计,,,,,,\n898440355410001,40001001,124FBAD,2026-11-20,012345,nothing,x\n"+strings.Repeat("898440355410001,40001001,124FTWICE,2026-11-20,012345,1908,x\n", 2))
	const nothing = run + ", and nothing was completed"
	p.sections[nothing] = slices.DeleteFunc(slices.Clone(sections[run]), func(key string) bool { return strings.HasPrefix(key, "settleDates[].") })
	p.command(t, "check", cli.Differences, with(db, another), nothing, "check: --json")

	p.command(t, "export", cli.OK, with(db, "LIFE", "--out", archive))
	p.holds(t, read(t, filepath.Join(archive, manifestName)), "export: manifest.json")
	first, _, _ := strings.Cut(read(t, filepath.Join(archive, "attempts.jsonl")), "\n")
	p.holds(t, first, "export: attempts.jsonl")
	put(t, filepath.Join(archive, "extra"), "")
	p.command(t, "verify", cli.Differences, with(db, archive))
	p.complete(t)
}

// complete sees to it that no command and no section was left out.
func (p page) complete(t *testing.T) {
	var walk func(specs []spec, group string)
	walk = func(specs []spec, group string) {
		for _, s := range specs {
			name, _, _ := strings.Cut(s.use, " ")
			if s.do != nil && group+name != "sandbox" && !p.commands[group+name] {
				t.Errorf("%s%s was not called", group, name)
			}
			walk(s.below, group+name+" ")
		}
	}
	walk((&app{}).specs(), "")
	for name := range p.sections {
		if !p.held[name] && !strings.HasPrefix(name, "reconcile") {
			t.Errorf("nothing was held against the section %q", name)
		}
	}
	text := read(t, scriptingPage)
	for _, cause := range batch.Transitions {
		if !strings.Contains(text, "`"+string(cause.Cause)+"`") {
			t.Errorf("the page does not have the cause %s", cause.Cause)
		}
	}
}

// TestARetryOfNothingPrintsItsObjectNonetheless is for scripts that read one.
func TestARetryOfNothingPrintsItsObjectNonetheless(t *testing.T) {
	dir := t.TempDir()
	server := startGateway(t, sandbox.Options{})
	call(t, append([]string{"run", manyBills(t, dir, "FINE", 1, plainAmount)}, at(dir, server)...)...).want(t, cli.OK)
	r := call(t, append([]string{"retry", "--json"}, at(dir, server)...)...).want(t, cli.OK).json(t)
	if r.Env != "test" || len(r.Batches) != 0 || r.States[batch.Declined].Rows != 0 {
		t.Errorf("%+v", r)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
