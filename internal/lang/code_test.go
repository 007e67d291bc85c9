package lang_test

import (
	"testing"

	"batchcomplete/internal/lang"
	"batchcomplete/internal/ums"
)

func TestEveryCodeIsExplained(t *testing.T) {
	for _, code := range ums.Codes() {
		if !lang.Has("code." + code) {
			t.Errorf("%s has no text", code)
		}
	}
	for _, rule := range ums.Rules {
		if (rule.Outcome == ums.Declined || rule.IfAbsent == ums.Declined) && !lang.Has("code."+rule.Code+".todo") {
			t.Errorf("%s may decline a row, and nothing says what to do", rule.Code)
		}
	}
}
