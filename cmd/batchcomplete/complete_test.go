package main

import (
	"strings"
	"testing"

	"batchcomplete/internal/cli"
)

// TestAShellCompletesTheValuesOfFlags asks as the completion scripts do, which keep
// of the answer what begins as the word does.
func TestAShellCompletesTheValuesOfFlags(t *testing.T) {
	for line, want := range map[string]string{
		"run --env ":                  "sandbox test prod",
		"run bills.xlsx --env ":       "sandbox test prod",
		"decide BILL --as ":           "completed declined pending",
		"rows --format ":              "table csv json",
		"rows --state ":               "completed declined unknown held sending pending invalid duplicate",
		"status --lang ":              "zh en",
		"config check --log-format ":  "text json",
		"retry --notify-kind ":        "wecom dingtalk feishu",
		"check bills.csv --encoding ": "utf-8 gb18030 utf-16",
	} {
		o := call(t, append([]string{"__complete"}, strings.Split(line, " ")...)...).want(t, cli.OK)
		if got, _, _ := strings.Cut(strings.Join(strings.Fields(o.out), " "), " :"); got != want {
			t.Errorf("%s: %q, want %q", line, o.out, want)
		}
	}
}
