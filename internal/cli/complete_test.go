package cli

import (
	"strings"
	"testing"

	"batchcomplete/internal/lang"
)

// TestWhatIsCompletedIsWhatTheHelpSays keeps the words from drifting away from
// the flag's own text.
func TestWhatIsCompletedIsWhatTheHelpSays(t *testing.T) {
	for name, few := range fewWords {
		for _, l := range []lang.Lang{lang.Zh, lang.En} {
			for _, word := range few {
				if !strings.Contains(l.T("flag."+name), word) {
					t.Errorf("--%s %s is not in %q", name, word, l.T("flag."+name))
				}
			}
		}
	}
}
