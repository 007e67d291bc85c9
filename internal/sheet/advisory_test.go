package sheet

import (
	"bytes"
	"errors"
	"testing"
)

// TestANegativeSharedStringIsRefused: GO-2026-6452 is about excelize's reader,
// which is given nothing here that ours has not read to its end; ours refuses the file.
func TestANegativeSharedStringIsRefused(t *testing.T) {
	for _, index := range []string{"-1", "-9223372036854775808", "4294967295", "18446744073709551615"} {
		path := rezip(t, workbook(t, 100), "xl/worksheets/sheet1.xml", func(b []byte) []byte {
			if !bytes.Contains(b, []byte(`t="s"><v>49</v>`)) {
				t.Fatal("the part has no such cell")
			}
			return bytes.Replace(b, []byte(`t="s"><v>49</v>`), []byte(`t="s"><v>`+index+`</v>`), 1)
		})
		rows, err := read(t, path, "")
		var refusal *Refusal
		if !errors.As(err, &refusal) {
			t.Errorf("%s: %d rows, %v", index, len(rows), err)
		}
	}
}
