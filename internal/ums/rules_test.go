package ums

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// documented is one row of the table in docs/gateway.md §5.
type documented struct {
	codes          []string
	executed, then string
}

var aCode = regexp.MustCompile(`\b([A-Z]+(_[A-Z]+)+|[A-Z]{5,}|\d{4})\b`)

func documentedRules(t *testing.T) []documented {
	t.Helper()
	text, err := os.ReadFile("../../docs/gateway.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## 5.")
	section, _, _ = strings.Cut(section, "\n## 6.")
	var rows []documented
	for line := range strings.Lines(section) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 4 {
			continue
		}
		first := strings.TrimSpace(cells[0])
		if codes := aCode.FindAllString(first, -1); len(codes) > 0 && !strings.HasPrefix(first, "SUCCESS") {
			rows = append(rows, documented{codes, strings.TrimSpace(cells[2]), cells[3]})
		}
	}
	return rows
}

// TestTheRulesSayWhatTheDocumentationSays reads the documentation's table and
// holds every rule against its row.
func TestTheRulesSayWhatTheDocumentationSays(t *testing.T) {
	var listed []string
	for _, row := range documentedRules(t) {
		for _, code := range row.codes {
			listed = append(listed, code)
			rule, known := ruleOf(code)
			if !known {
				t.Errorf("%s is documented, and there is no rule for it", code)
				continue
			}
			has := func(words string) bool { return strings.Contains(row.then, words) }
			refused := row.executed == "no" && !has("query, then")
			for what, holds := range map[string]bool{
				"whether it was executed":  refused == (rule.Outcome == Declined || rule.Outcome == NotExecuted),
				"declined":                 (refused && has("declined")) == (rule.Outcome == Declined),
				"declined when absent":     has("absent → declined") == (rule.IfAbsent == Declined),
				"stopping the run":         has("stop the run") == (rule.Scope == ThisClient),
				"stopping for the mid":     has("for this mid") == (rule.Scope == ThisMerchant),
				"how soon to ask":          has("≥ 60 s") == (rule.QueryAfter >= time.Minute),
				"how often to ask":         has("query once") == rule.OneQuery,
				"slowing down":             !has("slow down") || rule.Throttled,
				"never Completed by error": rule.Outcome != Completed && rule.IfAbsent != Completed,
			} {
				if !holds {
					t.Errorf("%s: rule and documentation differ in %s: %+v, %q, %q", code, what, rule, row.executed, row.then)
				}
			}
		}
	}
	for _, rule := range Rules {
		if own := strings.ToLower(rule.Code) == rule.Code && strings.ContainsAny(rule.Code, "abcdefghijklmnopqrstuvwxyz"); !own && !slices.Contains(listed, rule.Code) {
			t.Errorf("there is a rule for %s, which is not documented", rule.Code)
		}
	}
	if len(listed) < 25 {
		t.Errorf("only %d codes were found in the documentation", len(listed))
	}
}
