package lang

import (
	"os"
	"strings"
	"testing"
)

// TestTheAccountantsManualsUseTheProgramsWords looks for every state and every kind of break among the first cells of the
// tables, in each language.
func TestTheAccountantsManualsUseTheProgramsWords(t *testing.T) {
	for page, l := range map[string]Lang{"accountants.md": Zh, "accountants.en.md": En} {
		text, err := os.ReadFile("../../docs/" + page)
		if err != nil {
			t.Fatal(err)
		}
		first := ""
		for line := range strings.Lines(string(text)) {
			if cells := strings.Split(line, "|"); len(cells) > 2 {
				first += cells[1] + "\n"
			}
		}
		for _, key := range []string{
			"state.completed", "state.declined", "state.unknown", "state.held", "state.pending", "state.invalid", "state.duplicate",
			"recon.place.only_ours", "recon.place.only_ums", "recon.place.amount", "recon.place.fee", "recon.place.settle_date",
			"recon.place.duplicate", "recon.place.reversed", "recon.place.proves_unknown",
		} {
			if !strings.Contains(first, l.T(key)) {
				t.Errorf("%s has no row for %q", page, l.T(key))
			}
		}
	}
}
