package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"batchcomplete/internal/cli"
)

// TestAWrongConfigurationIsRefusedWithItsPlace names the nearest known word too.
func TestAWrongConfigurationIsRefusedWithItsPlace(t *testing.T) {
	for text, says := range map[string][]string{
		"statements: [ { name: portl, tolerance-fen: 2 } ]":          {`"portl" is none of portal text`, `did you mean "portal"?`},
		"statements: [ { name: own, columns: { setleDate: a } } ]":   {`statements, own: columns: "setleDate"`, `did you mean "settleDate"?`},
		"holidays: { work: [\"2027-2-1\"] }":                         {`holidays, work: "2027-2-1" is not a date`},
		"holidays: { of: [] }":                                       {"section holidays", "field of not found"},
		"fees: [ { rate-bp: \"38\" }, { rate-bp: \"0.6%\" } ]":       {`fees, rule 2: rate-bp: "0.6%"`},
		"fees: [ { rate-bp: \"x\" } ]\nholidays: { off: [\"y\"] }\n": {"fees, rule 1", "holidays, off"},
	} {
		path := filepath.Join(t.TempDir(), "config.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		o := call(t, day20, "--config", path, "--db", "none.db", "--out", "r.xlsx").want(t, cli.Usage)
		for _, words := range says {
			if !strings.Contains(o.errors, words) {
				t.Errorf("%s: it does not say %q:\n%s", text, words, o.errors)
			}
		}
	}
}
