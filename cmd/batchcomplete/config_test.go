package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/sandbox"
)

func TestConfigCheckSaysAllThatARunWouldRefuse(t *testing.T) {
	dir := t.TempDir()
	key := put(t, filepath.Join(dir, "key"), testAppKey)
	open := put(t, filepath.Join(dir, "open"), testAppKey)
	if err := os.Chmod(open, 0o644); err != nil {
		t.Fatal(err)
	}
	keep := testEnv
	testEnv = map[string]string{"LANG": "en_US.UTF-8"}
	defer func() { testEnv = keep }()
	file := put(t, filepath.Join(dir, "config.yaml"), `
env: test
app_id: "12345678901234567890123456789012"
profiles:
  good: { app_key_file: `+key+` }
  readable: { app_key_file: `+open+` }
  nokey: {}
  bad: { app_key_file: `+key+`, rate: fast, until: late }
  worse: { app_key_file: `+key+`, env: prod, base_url: "https://example.com", until: late, columns: { nosuch: [x] } }
  noenv: { env: production }
  days: { app_key_file: `+key+`, holidays: { off: ["2027-02-30"] }, fees: [ { rate-bp: "0.6%" } ], statements: [ { name: portl, tolerance-fen: 2 } ] }
  layout: { app_key_file: `+key+`, statements: [ { name: own, columns: { setleDate: a } } ], holidays: { of: [] } }
`)
	o := call(t, "config", "check", "--config", file).want(t, cli.Usage)
	for _, words := range []string{"good: fine; environment test, checkpoint batchcomplete-test-good.db", "readable: the key file", "nokey: the appId or the appKey is missing",
		"bad: " + file, "rate", "worse: --base-url", "worse: --until", "worse: the configuration file's section columns", "noenv: there is no environment",
		`days: holidays, off: "2027-02-30" is not a date`, `days: fees, rule 1: rate-bp: "0.6%"`, `days: statements, a layout without columns: "portl" is none of portal text (did you mean "portal"?)`,
		`layout: statements, own: columns: "setleDate" is none of settleDate `, `(did you mean "settleDate"?)`, "layout: the configuration file's section holidays"} {
		if !strings.Contains(o.out, words) {
			t.Errorf("it does not say %q:\n%s", words, o.out)
		}
	}
	call(t, "config", "check", "--config", file, "--profile", "good").want(t, cli.OK)
	call(t, "config", "check").want(t, cli.Usage)
}

func TestConfigShowTellsWhereEachValueComesFromAndNoSecret(t *testing.T) {
	dir := t.TempDir()
	file := put(t, filepath.Join(dir, "config.yaml"), "rate: 30\nworkers: 4\nprofiles: {a: {workers: 5, app_id: x}}\n")
	o := call(t, "config", "show", "--config", file, "--profile", "a", "--rate", "20").want(t, cli.OK)
	for _, line := range []string{"rate 20 flag", "workers 5 file: profiles.a", "timeout 1m0s default", "UMS_APP_KEY REDACTED environment"} {
		if !strings.Contains(strings.Join(strings.Fields(o.out), " "), line) {
			t.Errorf("it lacks %q:\n%s", line, o.out)
		}
	}
}

// TestEachProfileHasItsOwnCheckpointAndMerchant runs two merchants out of one
// configuration.
func TestEachProfileHasItsOwnCheckpointAndMerchant(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	server := startGateway(t, sandbox.Options{})
	put(t, "config.yaml", "env: test\nrate: 500\nbase-url: "+server.URL+"\nprofiles:\n  a: {mid: \"898440355410001\", tid: \"40001001\"}\n  b: {mid: \"898440355410002\", tid: \"40001002\"}\n")
	bills := put(t, "bills.csv", "billNo,billDate,authIdRespCd,totalAmount\n124F00000000000000001,2026-11-20,012345,100\n")
	for _, profile := range []string{"a", "b"} {
		r := call(t, "run", bills, "--config", "config.yaml", "--profile", profile, "--json").want(t, cli.OK).json(t)
		if r.States[batch.Completed].Rows != 1 {
			t.Errorf("%+v", r)
		}
		if _, err := os.Stat("batchcomplete-test-" + profile + ".db"); err != nil {
			t.Error(err)
		}
	}
	mids := map[string]bool{}
	for _, e := range server.Ledger() {
		mids[e.MID] = true
	}
	if len(mids) != 2 {
		t.Errorf("%v", mids)
	}
	call(t, "run", bills, "--config", "config.yaml").want(t, cli.Usage)
	call(t, "status", "--config", "config.yaml", "--profile", "a").want(t, cli.OK)
}
